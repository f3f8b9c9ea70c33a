/** The variables that texts of canned replies and macros may hold; asked for once. */
import { defineStore } from 'pinia'
import { ref } from 'vue'

import { listTextVariables } from '@/api/macros'

export const useTextVariables = defineStore('textVariables', () => {
  const names = ref<string[]>([])
  let loading: Promise<void> | null = null

  /** Without them texts are still written by hand. */
  function load(): Promise<void> {
    loading ??= listTextVariables()
      .then(({ items }) => {
        names.value = items.map(({ name }) => name)
      })
      .catch(() => {
        loading = null
      })
    return loading
  }

  return { names, load }
})
