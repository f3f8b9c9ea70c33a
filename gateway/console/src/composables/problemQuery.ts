/** The filters of problem records as they stand in the address, and as the gateway wants them. */
import type { LocationQuery } from 'vue-router'

import { PROBLEM_STATUSES, type ProblemQuery, type ProblemStatus } from '@/api/problemRecords'

export interface ProblemFilters {
  status: ProblemStatus | ''
  owner_id: string
  q: string
}

/** What nobody could have chosen counts as not chosen. */
export function problemFiltersFrom(query: LocationQuery): ProblemFilters {
  const one = (name: string) => {
    const value = query[name]
    return typeof value === 'string' ? value : ''
  }
  return {
    status: PROBLEM_STATUSES.find((status) => status === one('status')) ?? '',
    owner_id: one('owner_id'),
    q: one('q').trim(),
  }
}

/** Only what is set, so that addresses stay short. */
export function problemAddressOf(filters: ProblemFilters): Record<string, string> {
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== ''))
}

export function problemRequestOf(
  filters: ProblemFilters,
  cursor: string | null,
  limit: number,
): ProblemQuery {
  return { ...problemAddressOf(filters), limit, ...(cursor ? { cursor } : {}) } as ProblemQuery
}
