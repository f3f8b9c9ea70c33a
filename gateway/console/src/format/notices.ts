/** Notices in the reader's words; the stored title is for occasions that have none here. */
import type { Notice } from '@/api/types'

export interface NoticeWords {
  has(key: string): boolean
  say(key: string, values: Record<string, string>): string
}

export function noticeTitle(notice: Notice, words: NoticeWords): string {
  const key = `notice.about.${notice.occasion}`
  if (!notice.ticket_number || !words.has(key)) return notice.title
  return words.say(key, { number: notice.ticket_number })
}
