/** Business hours: weeks and days, without a zone. */
import type { CalendarDay, Weekly } from '@/api/sla'

export const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const
export type Weekday = (typeof WEEKDAYS)[number]

/** Days of the same hours, as "Monday to Friday" is told. */
export interface WeekPart {
  from: Weekday
  to: Weekday
  periods: string[][]
}

export function weekParts(weekly: Weekly): WeekPart[] {
  const parts: WeekPart[] = []
  for (const day of WEEKDAYS) {
    const periods = weekly[day] ?? []
    const last = parts.at(-1)
    if (last && hoursText(last.periods) === hoursText(periods)) last.to = day
    else parts.push({ from: day, to: day, periods })
  }
  return parts
}

export function hoursText(periods: readonly (readonly string[])[]): string {
  return periods.map(([start, end]) => `${start}–${end}`).join(' ')
}

/** "8:5", "0805" and "8" as the server wants them; anything else as it is, to be refused there. */
export function asTime(text: string): string {
  const found = /^(\d{1,2})(?:[:：.]?(\d{1,2}))?$/.exec(text.trim())
  if (!found) return text.trim()
  return [found[1]!, found[2] ?? '0'].map((part) => part.padStart(2, '0')).join(':')
}

/** `2026-10-01`, of a local date. */
export function isoDate(date: Date): string {
  const [month, day] = [date.getMonth() + 1, date.getDate()].map((n) => String(n).padStart(2, '0'))
  return `${date.getFullYear()}-${month}-${day}`
}

export function weekdayOf(iso: string): Weekday {
  return (new Date(`${iso}T12:00:00`).getDay() || 7) as Weekday
}

export function plusDays(iso: string, days: number): string {
  const date = new Date(`${iso}T12:00:00`)
  date.setDate(date.getDate() + days)
  return isoDate(date)
}

/** The days of a month, with nothing where its first and last week begin before and end after. */
export function monthCells(year: number, month: number): (string | null)[] {
  const first = isoDate(new Date(year, month, 1))
  const count = new Date(year, month + 1, 0).getDate()
  const days = Array.from({ length: count }, (_, index) => plusDays(first, index))
  return [...Array<null>(weekdayOf(first) - 1).fill(null), ...days]
}

/** What holds on a day: its own hours, else the week's. */
export function kindOf(iso: string, weekly: Weekly, day: CalendarDay | undefined): string {
  if (day) return day.kind
  return weekly[weekdayOf(iso)]?.length ? 'open' : 'closed'
}
