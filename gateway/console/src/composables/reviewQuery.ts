/** The filters of quality checks as they stand in the address, and as the gateway wants them. */
import type { LocationQuery } from 'vue-router'

import type { ReviewQuery } from '@/api/quality'

const WORDS = [
  ...(['state', 'handler_id', 'reviewer_id', 'group_id', 'rule_id', 'number'] as const),
  ...(['since', 'until', 'least', 'most'] as const),
]

export type ReviewFilters = Record<(typeof WORDS)[number], string>

export function reviewFiltersFrom(query: LocationQuery): ReviewFilters {
  const one = (name: string) => {
    const value = query[name]
    return typeof value === 'string' ? value : ''
  }
  return Object.fromEntries(WORDS.map((name) => [name, one(name)])) as ReviewFilters
}

/** Only what is set, so that addresses stay short. */
export function reviewAddressOf(filters: ReviewFilters): Record<string, string> {
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== ''))
}

/** Days are the reader's own; the last one counts to its end. */
export function reviewRequestOf(
  filters: ReviewFilters,
  cursor: string | null,
  limit: number,
): ReviewQuery {
  const { since, until, least, most, ...words } = filters
  const query: Record<string, unknown> = { ...reviewAddressOf(words as ReviewFilters), limit }
  if (since) query.since = new Date(`${since}T00:00:00`).toISOString()
  if (until) query.until = new Date(`${until}T23:59:59.999`).toISOString()
  if (least) query.least = Number(least)
  if (most) query.most = Number(most)
  if (cursor) query.cursor = cursor
  return query as ReviewQuery
}
