/** Notices in the reader's words; the stored ones are for occasions that have none here. */
import type { Notice } from '@/api/types'

export interface NoticeWords {
  has(key: string): boolean
  say(key: string, values: Record<string, string>): string
}

/** Alerts about access, which are about no ticket. */
export const SECURITY = 'security'

export function noticeTitle(notice: Notice, words: NoticeWords): string {
  // Words that somebody wrote in the settings stand before ours.
  if (notice.facts?.is_custom) return notice.title
  const key = titleKey(notice, words)
  const isAlert = notice.occasion === SECURITY
  if (!(isAlert || notice.ticket_number) || !words.has(key)) return notice.title
  const target = `notice.target.${notice.facts?.target}`
  return words.say(key, {
    number: notice.ticket_number ?? '',
    actor: notice.facts?.actor ?? '',
    total: String(notice.facts?.total ?? ''),
    target: words.has(target) ? words.say(target, {}) : String(notice.facts?.target ?? ''),
  })
}

/** Occasions that differ by their facts: how late it is, how an offer ended, why it came back. */
function titleKey({ occasion, facts }: Notice, words: NoticeWords): string {
  if (occasion === SECURITY) return `notice.alert.${facts?.kind}`
  if (occasion === 'sla') return `notice.sla.${facts?.phase}`
  if (occasion === 'abnormality') return `notice.abnormality.${facts?.kind}`
  if (occasion === 'collaboration') return `notice.collaboration.${facts?.step}`
  if (occasion === 'quality') return `notice.quality.${facts?.step}`
  if (occasion !== 'offer' && occasion !== 'returned') return `notice.about.${occasion}`
  if (occasion === 'offer' && !facts?.cause) return 'notice.offer.open'
  const key = `notice.${occasion}.${facts?.cause}`
  return words.has(key) ? key : `notice.${occasion}.${occasion === 'offer' ? 'ended' : 'other'}`
}

export function noticeText(notice: Notice, words: NoticeWords): string {
  if (notice.occasion !== SECURITY || !notice.facts || notice.facts.is_custom) return notice.text
  const { person_name: name, address } = notice.facts
  return [
    name && words.say('notice.who', { name }),
    address && words.say('notice.whence', { address }),
  ]
    .filter(Boolean)
    .join(' · ')
}
