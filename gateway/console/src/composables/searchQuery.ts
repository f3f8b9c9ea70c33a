/** A search as it stands in the address, as the gateway wants it, and those of late. */
import type { LocationQuery } from 'vue-router'

import type { TicketSearchQuery } from '@/api/ticketSearch'

import { addressOf, filtersFrom, hasFilters, type ListFilters, requestOf } from './listQuery'

export const ORDERS = ['relevance', 'newest'] as const
export type Order = (typeof ORDERS)[number]

/** The filters of the list, of which `q` are the words. */
export interface Search {
  filters: ListFilters
  order: Order
}

export function searchFrom(query: LocationQuery): Search {
  const filters = filtersFrom({ ...query, view: 'all', sort: '' })
  return { filters, order: query.order === 'newest' ? 'newest' : 'relevance' }
}

export function searchAddressOf({ filters, order }: Search): Record<string, string> {
  const { view: _view, ...rest } = addressOf(filters)
  return { ...rest, ...(order === 'newest' ? { order } : {}) }
}

export function searchRequestOf(
  { filters, order }: Search,
  cursor: string | null,
  limit: number,
): TicketSearchQuery {
  const { view: _view, ...rest } = requestOf(filters, cursor, limit)
  return { ...rest, q: filters.q, sort: order }
}

/** Whether more than words is asked for. */
export const isNarrowed = ({ filters }: Search) => hasFilters({ ...filters, q: '' })

const MOST = 8
/** With what is forgotten when its person signs out. */
const recentName = (personId: string) => `tidedesk.draft.${personId}.searches`

export function recentSearches(personId: string): string[] {
  try {
    const known: unknown = JSON.parse(localStorage.getItem(recentName(personId)) ?? '[]')
    return Array.isArray(known) ? known.filter((one) => typeof one === 'string') : []
  } catch {
    return []
  }
}

/** The newest first, each once. */
export function rememberSearch(personId: string, words: string): string[] {
  const others = recentSearches(personId).filter((one) => one !== words)
  return keep(personId, [words, ...others].slice(0, MOST))
}

export function forgetSearches(personId: string): string[] {
  return keep(personId, [])
}

function keep(personId: string, searches: string[]): string[] {
  try {
    localStorage.setItem(recentName(personId), JSON.stringify(searches))
  } catch {
    // A full or forbidden store costs a convenience.
  }
  return searches
}
