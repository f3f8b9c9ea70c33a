/** Points and comments as they are being given, and what they come to so far. */
import type { ItemScores, Review, SheetForm, SheetItem } from '@/api/quality'

export interface Given {
  points: number | null
  comment: string
}
export type GivenScores = Record<string, Given>

const BEST = 100

const itemsOf = (form: SheetForm): SheetItem[] => form.sections.flatMap((section) => section.items)

export function givenOf(review: Review): GivenScores {
  return Object.fromEntries(
    itemsOf(review.form).map(({ item_id }) => {
      const known = review.scores[item_id]
      return [item_id, { points: known?.points ?? null, comment: known?.comment ?? '' }]
    }),
  )
}

export const missing = (form: SheetForm, given: GivenScores): number =>
  itemsOf(form).filter(({ item_id }) => given[item_id]?.points === null).length

/** Whether the reviewer must say why so few. */
export function needsComment(item: SheetItem, given: Given | undefined): boolean {
  const points = given?.points ?? null
  return points !== null && item.comment_below !== null && points < item.comment_below
}

export const isComplete = (form: SheetForm, given: GivenScores): boolean =>
  missing(form, given) === 0 &&
  itemsOf(form).every(
    (item) => !needsComment(item, given[item.item_id]) || !!given[item.item_id]!.comment.trim(),
  )

/** As the service will count it; null while an item is missing. */
export function totalOf(form: SheetForm, given: GivenScores): number | null {
  const items = itemsOf(form)
  if (missing(form, given)) return null
  if (items.some((item) => item.is_fatal && !given[item.item_id]!.points)) return 0
  const weights = items.reduce((sum, item) => sum + item.weight, 0)
  const reached = items.reduce(
    (sum, item) => sum + (item.weight * given[item.item_id]!.points!) / item.max,
    0,
  )
  // A half is rounded up, whatever floating point makes of thirds.
  return Math.floor((BEST * reached) / weights + 0.5 + 1e-9)
}

export const bodyOf = (given: GivenScores): ItemScores =>
  Object.fromEntries(
    Object.entries(given).map(([key, { points, comment }]) => [
      key,
      { points: points ?? 0, comment: comment.trim() || null },
    ]),
  )
