/** Notices in the reader's words; the stored ones are for occasions that have none here. */
import type { Notice } from '@/api/types'

export interface NoticeWords {
  has(key: string): boolean
  say(key: string, values: Record<string, string>): string
}

/** Alerts about access, which are about no ticket. */
export const SECURITY = 'security'

export function noticeTitle(notice: Notice, words: NoticeWords): string {
  const isAlert = notice.occasion === SECURITY
  const key = isAlert ? `notice.alert.${notice.facts?.kind}` : `notice.about.${notice.occasion}`
  if (!(isAlert || notice.ticket_number) || !words.has(key)) return notice.title
  return words.say(key, { number: notice.ticket_number ?? '' })
}

export function noticeText(notice: Notice, words: NoticeWords): string {
  if (notice.occasion !== SECURITY || !notice.facts) return notice.text
  const { person_name: name, address } = notice.facts
  return [
    name && words.say('notice.who', { name }),
    address && words.say('notice.whence', { address }),
  ]
    .filter(Boolean)
    .join(' · ')
}
