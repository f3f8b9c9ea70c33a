/** Lengths of time: in words, and as a number of a unit. */

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export const UNITS = { minute: MINUTE, hour: HOUR, day: DAY } as const
export type Unit = keyof typeof UNITS

// Up to here hours are easier to compare: a promise of "24 hours" is not called a day.
const HOURS_UP_TO = 72 * HOUR

/** "1小时 30分钟": two units (`most`) or fewer, rounded down; days only beyond three of them. */
export function durationText(seconds: number, language: string, most: 1 | 2 = 2): string {
  const size = Math.max(0, Math.floor(seconds))
  if (size < MINUTE) return part(size, 'second', language)
  const [big, small]: [Unit, Unit] = size > HOURS_UP_TO ? ['day', 'hour'] : ['hour', 'minute']
  const first = Math.floor(size / UNITS[big])
  const second = Math.floor((size % UNITS[big]) / UNITS[small])
  const told = [first && part(first, big, language), second && part(second, small, language)]
  return told.filter(Boolean).slice(0, most).join(' ')
}

/** "04:09" within the hour, for a count to the second; longer ones in words. */
export function countdownText(seconds: number, language: string): string {
  const size = Math.max(0, Math.floor(seconds))
  if (size >= HOUR) return durationText(size, language)
  return [Math.floor(size / MINUTE), size % MINUTE]
    .map((number) => String(number).padStart(2, '0'))
    .join(':')
}

/** The largest unit of which it is a whole number; hours rather than up to three days. */
export function unitOf(seconds: number): Unit {
  if (seconds % DAY === 0 && seconds > HOURS_UP_TO) return 'day'
  return seconds % HOUR === 0 ? 'hour' : 'minute'
}

function part(count: number, unit: Unit | 'second', language: string): string {
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit,
    unitDisplay: language === 'en' ? 'short' : 'long',
  }).format(count)
}
