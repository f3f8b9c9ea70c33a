/** Instants in the reader's language and the browser's zone. */

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const RELATIVE_DAYS = 7

export function fullTime(at: string, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' }).format(
    new Date(at),
  )
}

export function clockTime(at: string, language: string): string {
  return new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit' }).format(
    new Date(at),
  )
}

/** "3分钟前" for a week, then the date; null for the last minute, which has a word of its own. */
export function relativeTime(at: string, language: string, now: Date): string | null {
  const seconds = Math.round((new Date(at).getTime() - now.getTime()) / 1000)
  const size = Math.abs(seconds)
  const words = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' })
  if (size < MINUTE) return null
  if (size < HOUR) return words.format(Math.trunc(seconds / MINUTE), 'minute')
  if (size < DAY) return words.format(Math.trunc(seconds / HOUR), 'hour')
  if (size < RELATIVE_DAYS * DAY) return words.format(Math.trunc(seconds / DAY), 'day')
  return shortDate(at, language, now)
}

/** The year only where it is not this one. */
export function shortDate(at: string, language: string, now: Date): string {
  const then = new Date(at)
  const year = then.getFullYear() === now.getFullYear() ? undefined : 'numeric'
  return new Intl.DateTimeFormat(language, { year, month: 'short', day: 'numeric' }).format(then)
}

/** The first and last instant of local days, for a filter that names days. */
export function startOfDay(day: string): string {
  return new Date(`${day}T00:00:00`).toISOString()
}

export function endOfDay(day: string): string {
  return new Date(`${day}T23:59:59.999`).toISOString()
}
