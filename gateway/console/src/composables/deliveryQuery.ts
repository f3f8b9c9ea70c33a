/** The filters of messages as they stand in the address, and as the gateway wants them. */
import type { LocationQuery } from 'vue-router'

import type { DeliveryQuery } from '@/api/notifications'

const WORDS = ['status', 'channel', 'occasion', 'number'] as const

export type DeliveryFilters = Record<(typeof WORDS)[number], string>

export function deliveryFiltersFrom(query: LocationQuery): DeliveryFilters {
  const one = (name: string) => {
    const value = query[name]
    return typeof value === 'string' ? value : ''
  }
  return Object.fromEntries(WORDS.map((name) => [name, one(name)])) as DeliveryFilters
}

/** Only what is set, so that addresses stay short. */
export function deliveryAddressOf(filters: DeliveryFilters): Record<string, string> {
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== ''))
}

export function deliveryRequestOf(
  filters: DeliveryFilters,
  cursor: string | null,
  limit: number,
): DeliveryQuery {
  return { ...deliveryAddressOf(filters), ...(cursor ? { cursor } : {}), limit } as DeliveryQuery
}
