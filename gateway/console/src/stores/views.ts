/** The reader's saved views, in the reader's order, and how many tickets each holds. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'

import { countViews, listViews, type SavedView, type ViewCount } from '@/api/views'
import { language } from '@/i18n'

export const useViews = defineStore('views', () => {
  const items = ref<SavedView[]>([])
  const counts = ref(new Map<string, ViewCount>())
  const byId = computed(() => new Map(items.value.map((view) => [view.view_id, view])))

  async function load(): Promise<void> {
    items.value = (await listViews()).items
  }

  async function count(): Promise<void> {
    if (!items.value.length) return
    const { items: found } = await countViews()
    counts.value = new Map(found.map((one) => [one.view_id, one]))
  }

  async function refresh(): Promise<void> {
    await load()
    await count()
  }

  /** What it is called in the reader's language. */
  function nameOf(view: SavedView): string {
    return (language.value === 'en' && view.name_en) || view.name
  }

  return { items, counts, byId, load, count, refresh, nameOf }
})
