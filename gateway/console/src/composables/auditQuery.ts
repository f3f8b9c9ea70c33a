/** The log's filters as they stand in the address, and as the gateway wants them. */
import type { LocationQuery } from 'vue-router'

import type { AuditQuery } from '@/api/audit'
import { endOfDay, startOfDay } from '@/format/time'

export const OUTCOMES = ['done', 'refused', 'failed', 'unknown'] as const

const WORDS = [
  'actor',
  'action',
  'outcome',
  'object_kind',
  'object_id',
  'address',
  'request_id',
] as const
const DAY = /^\d{4}-\d{2}-\d{2}$/

export type AuditFilters = Record<(typeof WORDS)[number], string> & {
  from: string
  to: string
  /** Intents stand before their outcomes and say the same: shown only when asked for. */
  withIntents: boolean
}

export function auditFiltersFrom(query: LocationQuery): AuditFilters {
  const one = (name: string) => {
    const value = query[name]
    return typeof value === 'string' ? value : ''
  }
  const day = (name: string) => (DAY.test(one(name)) ? one(name) : '')
  const words = Object.fromEntries(WORDS.map((name) => [name, one(name)]))
  return {
    ...(words as Record<(typeof WORDS)[number], string>),
    from: day('from'),
    to: day('to'),
    withIntents: one('intents') === '1',
  }
}

/** Only what differs from the default, so that addresses stay short. */
export function auditAddressOf(filters: AuditFilters): Record<string, string> {
  const { withIntents, ...words } = filters
  const set = Object.entries(words).filter(([, value]) => value !== '')
  return { ...Object.fromEntries(set), ...(withIntents ? { intents: '1' } : {}) }
}

export function auditRequestOf(
  filters: AuditFilters,
  cursor: string | null,
  limit: number,
): AuditQuery {
  const { withIntents, from, to, ...words } = filters
  const set = Object.entries(words).filter(([, value]) => value !== '')
  return {
    ...Object.fromEntries(set),
    ...(from ? { from: startOfDay(from) } : {}),
    ...(to ? { to: endOfDay(to) } : {}),
    ...(withIntents ? {} : { phase: 'outcome,fact' }),
    ...(cursor ? { cursor } : {}),
    limit,
  } as AuditQuery
}

export function hasAuditFilters(filters: AuditFilters): boolean {
  return Object.keys(auditAddressOf(filters)).length > 0
}
