/** Categories of tickets and the words of urgency, asked for once for all who show them. */
import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'

import {
  getUrgencyWords,
  listTicketCategories,
  type TicketCategory,
  type UrgencyScale,
  type UrgencyWords,
} from '@/api/ticketWords'
import type { Kind } from '@/api/types'
import { categoryPath, categoryTree } from '@/format/categories'
import { language } from '@/i18n'

/** With a name in both languages: in English as in Chinese where nothing else is said. */
export type NamedCategory = TicketCategory & { name_en: string }

export const useTicketCategories = defineStore('ticket categories', () => {
  const items = shallowRef<NamedCategory[]>([])
  const tree = computed(() => categoryTree(items.value))
  const byId = computed(() => new Map(items.value.map((one) => [one.category_id, one])))
  let loading: Promise<void> | null = null

  async function load(): Promise<void> {
    const found = (await listTicketCategories()).items
    items.value = found.map((one) => ({ ...one, name_en: one.name_en || one.name_zh }))
  }

  /** For who only shows them: once is enough. */
  function know(): Promise<void> {
    loading ??= load().catch((error) => {
      loading = null
      throw error
    })
    return loading
  }

  /** Whether a new ticket may take it: it is in use, and so is all above it. */
  const isOffered = (id: string) => categoryPath(items.value, id).every((one) => one.is_active)

  const name = (id: string | null | undefined) => pathText(byId.value.get(id ?? '')?.names)

  return { items, tree, byId, load, know, isOffered, name }
})

/** Whether it is one of these or lies below one; of none that are named it always is. */
export const isWithin = (one: { path: readonly string[] }, named: readonly string[]): boolean =>
  !named.length || one.path.some((id) => named.includes(id))

/** 售后 › 产品维修 */
export function pathText(names: { zh: string[]; en: string[] } | null | undefined): string {
  if (!names) return ''
  return (language.value === 'en' ? names.en : names.zh).join(' › ')
}

export const useUrgencyWords = defineStore('urgency words', () => {
  const words = shallowRef<UrgencyWords | null>(null)
  let loading: Promise<void> | null = null

  async function load(): Promise<void> {
    words.value = await getUrgencyWords()
  }

  function know(): Promise<void> {
    loading ??= load().catch((error) => {
      loading = null
      throw error
    })
    return loading
  }

  /** The category's, else the type's, else the usual one. */
  function scaleOf(kind: Kind | null, scale?: string | null): UrgencyScale | undefined {
    const scales = words.value?.scales ?? []
    return (
      scales.find((one) => one.key === scale) ??
      scales.find((one) => kind && one.kinds?.includes(kind)) ??
      scales[0]
    )
  }

  /** Null where that is the usual scale, which is the product's own three. */
  function ownWordsOf(kind: Kind | null, scale?: string | null) {
    const found = scaleOf(kind, scale)
    return found && found !== words.value?.scales[0] ? found.words : null
  }

  function label(key: string): string {
    const found = words.value?.scales.flatMap((one) => one.words).find((one) => one.key === key)
    if (!found) return key
    return language.value === 'en' ? found.label_en : found.label_zh
  }

  return { words, load, know, scaleOf, ownWordsOf, label }
})
