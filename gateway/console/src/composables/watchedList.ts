/** A short list that is looked at again and again; what it held stays while no answer comes. */
import { computed } from 'vue'

import { watchedValue } from './watchedValue'

export function watchedList<T>(request: () => Promise<{ items: T[] }>) {
  const { value, problem, isLoading, load } = watchedValue(request)
  /** Null until the first answer. */
  const items = computed(() => value.value?.items ?? null)
  return { items, problem, isLoading, load }
}
