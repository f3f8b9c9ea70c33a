/** Periods of whole days: which one is meant, what it is called, and the one beside it. */
export const TIME_UNITS = ['day', 'week', 'month', 'quarter', 'year'] as const
export const PERIOD_UNITS = [...TIME_UNITS, 'custom'] as const
export type TimeUnit = (typeof TIME_UNITS)[number]
export type PeriodUnit = (typeof PERIOD_UNITS)[number]

/** Days as 2026-10-01, both part of it; without `from` the present one. */
export interface PeriodAsked {
  unit: PeriodUnit
  from?: string
  until?: string
}

export interface PeriodShown {
  unit: string
  from: string
  until: string
}

const MONTHS = { month: 1, quarter: 3, year: 12 } as const

/** The unit beside the one shown: `by` units later. */
export function besides(shown: PeriodShown, unit: TimeUnit, by: 1 | -1): PeriodAsked {
  const from = dateOf(shown.from)
  if (unit === 'day' || unit === 'week') {
    from.setUTCDate(from.getUTCDate() + by * (unit === 'week' ? 7 : 1))
  } else {
    from.setUTCMonth(from.getUTCMonth() + by * MONTHS[unit])
  }
  return { unit, from: dayOf(from) }
}

/** Whether the day after its last one has not come yet, seen from `today`. */
export function isLatest(shown: PeriodShown, today: string): boolean {
  return shown.until >= today
}

/** "2026年10月", "第45周", "10月1日–10月7日". */
export function periodText(shown: PeriodShown, language: string): string {
  const from = dateOf(shown.from)
  const words = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(language, { ...options, timeZone: 'UTC' })
  if (shown.unit === 'year' && isOne(shown, 12)) return words({ year: 'numeric' }).format(from)
  if (shown.unit === 'month' && isOne(shown, 1)) {
    return words({ year: 'numeric', month: 'long' }).format(from)
  }
  const day = words({ year: 'numeric', month: 'short', day: 'numeric' })
  if (shown.from === shown.until) return day.format(from)
  return day.formatRange(from, dateOf(shown.until))
}

/** A point of time on an axis: as short as its unit allows. */
export function pointText(at: string, unit: string, language: string): string {
  const options: Record<string, Intl.DateTimeFormatOptions> = {
    year: { year: 'numeric' },
    quarter: { year: 'numeric', month: 'short' },
    month: { year: 'numeric', month: 'short' },
  }
  const chosen = options[unit] ?? { month: 'short', day: 'numeric' }
  return new Intl.DateTimeFormat(language, { ...chosen, timeZone: 'UTC' }).format(dateOf(at))
}

/** The day of the reader's calendar. */
export function dayNow(now: Date = new Date()): string {
  const parts = [now.getFullYear(), now.getMonth() + 1, now.getDate()]
  return parts.map((part) => String(part).padStart(2, '0')).join('-')
}

function isOne(shown: PeriodShown, months: number): boolean {
  const next = dateOf(shown.from)
  next.setUTCMonth(next.getUTCMonth() + months)
  next.setUTCDate(next.getUTCDate() - 1)
  return dayOf(next) === shown.until
}

function dateOf(day: string): Date {
  return new Date(`${day}T00:00:00Z`)
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10)
}
