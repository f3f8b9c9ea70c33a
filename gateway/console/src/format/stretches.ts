/** Stretches of a clock's life as "11月22日 09:00 – 12:00". */

interface Stretch {
  from: string
  to: string | null
}

/** The second day is told only where it is another one; `now` stands for an end yet to come. */
export function stretchTimes(stretch: Stretch, language: string, now: string): string {
  const start = new Date(stretch.from)
  const day = new Intl.DateTimeFormat(language, {
    month: 'short',
    day: 'numeric',
    weekday: 'short',
  })
  const hour = new Intl.DateTimeFormat(language, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  const both = (at: Date) => `${day.format(at)} ${hour.format(at)}`
  if (!stretch.to) return `${both(start)} – ${now}`
  const end = new Date(stretch.to)
  const isSameDay = day.format(start) === day.format(end)
  return `${both(start)} – ${isSameDay ? hour.format(end) : both(end)}`
}
