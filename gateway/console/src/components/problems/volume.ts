/** How many tickets of a problem came on each day, before and after it was solved. */
import type { ProblemVolume } from '@/api/problemRecords'
import type { Series } from '@/components/charts/shapes'
import { dayNow } from '@/format/periods'

/**
 * One series, or two that part on the day of the solution: it belongs to both, so that the line
 * does not break.
 */
export function volumeSeries(
  { days }: ProblemVolume,
  solvedAt: string | null,
  names: { before: string; after: string; soFar: string },
): Series[] {
  const values = (counts: (day: string) => boolean) =>
    days.map(({ day, tickets }) => (counts(day) ? tickets : null))
  if (!solvedAt) return [{ name: names.soFar, values: values(() => true) }]
  const solved = dayNow(new Date(solvedAt))
  return [
    { name: names.before, values: values((day) => day <= solved), isBefore: true },
    { name: names.after, values: values((day) => day >= solved) },
  ]
}
