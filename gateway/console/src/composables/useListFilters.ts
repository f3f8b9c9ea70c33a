/** The filters live in the address: reload, back and a copied link keep them. */
import { ref, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'

import { addressOf, filtersFrom, type ListFilters } from './listQuery'

export function useListFilters() {
  const route = useRoute()
  const router = useRouter()
  const filters = ref(filtersFrom(route.query))

  // The page is kept alive behind others, whose addresses are none of its business.
  watch(
    () => route.query,
    (query) => {
      if (route.name === 'tickets') filters.value = filtersFrom(query)
    },
  )

  function change(part: Partial<ListFilters>): void {
    void router.replace({ name: 'tickets', query: addressOf({ ...filters.value, ...part }) })
  }

  function clear(): void {
    const { view, saved_view, sort } = filters.value
    const kept = saved_view ? { view, saved_view, sort } : { view }
    void router.replace({ name: 'tickets', query: kept })
  }

  return { filters, change, clear }
}
