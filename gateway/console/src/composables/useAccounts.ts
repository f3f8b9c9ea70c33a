/** The list of accounts: its filters stand in the address, so that back and a reload keep them. */
import { computed, watch } from 'vue'
import { type LocationQuery, useRoute, useRouter } from 'vue-router'

import { type AccountQuery, listAccounts } from '@/api/people'

import { pagedList } from './pagedList'

const STATUSES = ['active', 'inactive', 'all'] as const
const SORTS = ['login', '-login', 'name', '-name', 'created_at', '-created_at'] as const
const PAGE = 25

export interface AccountFilters {
  q: string
  role: string
  department: string
  group: string
  status: (typeof STATUSES)[number]
  sort: (typeof SORTS)[number]
}

const NONE: AccountFilters = {
  q: '',
  role: '',
  department: '',
  group: '',
  status: 'active',
  sort: 'login',
}

export function useAccounts() {
  const route = useRoute()
  const router = useRouter()
  const filters = computed(() => filtersFrom(route.query))
  const isFiltered = computed(() =>
    Object.entries(filters.value).some(
      ([name, value]) => name !== 'sort' && value !== NONE[name as keyof AccountFilters],
    ),
  )
  const pages = pagedList((cursor) =>
    listAccounts({ ...queryOf(filters.value), cursor: cursor ?? undefined }),
  )

  watch(
    () => JSON.stringify(filters.value),
    () => route.name === 'people' && void pages.restart(),
  )
  void pages.load()

  function change(part: Partial<AccountFilters>): void {
    const all = Object.entries({ ...filters.value, ...part })
    const told = all.filter(([name, value]) => value !== NONE[name as keyof AccountFilters])
    void router.replace({ name: 'people', query: Object.fromEntries(told) })
  }

  function clear(): void {
    change({ ...NONE, sort: filters.value.sort })
  }

  return { ...pages, filters, isFiltered, change, clear }
}

export function filtersFrom(query: LocationQuery): AccountFilters {
  const text = (name: string) => (typeof query[name] === 'string' ? (query[name] as string) : '')
  return {
    q: text('q'),
    role: text('role'),
    department: text('department'),
    group: text('group'),
    status: STATUSES.find((known) => known === query.status) ?? NONE.status,
    sort: SORTS.find((known) => known === query.sort) ?? NONE.sort,
  }
}

export function queryOf(filters: AccountFilters): AccountQuery {
  const { q, role, department, group, status, sort } = filters
  return {
    sort,
    limit: PAGE,
    ...(q ? { q } : {}),
    ...(role ? { role } : {}),
    ...(department ? { department_id: department } : {}),
    ...(group ? { group_id: group } : {}),
    ...(status === 'all' ? {} : { is_active: status === 'active' }),
  }
}
