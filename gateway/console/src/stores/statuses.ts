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

  function label(key: string): string {
    const words = byKey.value.get(key)?.label
    if (!words) return key
    return language.value === 'en' ? words.en : words.zh
  }

  return { items, byKey, load, label }
})
