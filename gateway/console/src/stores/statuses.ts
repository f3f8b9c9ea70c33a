/** The statuses' editable names; a ticket itself only carries the key. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'

import { listStatuses } from '@/api/directory'
import type { Status } from '@/api/types'
import { language } from '@/i18n'

export const useStatuses = defineStore('statuses', () => {
  const items = ref<Status[]>([])
  const byKey = computed(() => new Map(items.value.map((status) => [status.key, status])))
  let loading: Promise<void> | null = null

  function load(): Promise<void> {
    loading ??= listStatuses()
      .then((page) => {
        items.value = [...page.items].sort((a, b) => a.position - b.position)
      })
      .catch((error) => {
        loading = null
        throw error
      })
    return loading
  }

  /** What can be chosen: not what is put away. */
  const inUse = computed(() => items.value.filter((status) => !status.is_archived))

  function label(key: string): string {
    const words = byKey.value.get(key)?.label
    if (!words) return key
    return language.value === 'en' ? words.en : words.zh
  }

  /** The shipped status that one stands on; it is what all rules go by. */
  function baseOf(key: string): string {
    return byKey.value.get(key)?.base ?? key
  }

  /** After somebody has changed them here. */
  function take(found: readonly Status[]): void {
    items.value = [...found].sort((a, b) => a.position - b.position)
  }

  return { items, inUse, byKey, load, label, baseOf, take }
})
