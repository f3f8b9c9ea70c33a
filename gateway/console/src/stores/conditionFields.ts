/** What conditions may speak of, with its words; loaded once. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'

import { type ConditionField, listConditionFields } from '@/api/conditions'
import { listGroups, listUnits, type Unit } from '@/api/organisation'
import { CUSTOM } from '@/format/conditions'
import { language } from '@/i18n'
import { useSession } from '@/stores/session'
import { pathText, useTicketCategories } from '@/stores/ticketWords'

export interface Choice {
  value: string | number
  label: string
}

export const useConditionFields = defineStore('conditionFields', () => {
  const categories = useTicketCategories()
  const session = useSession()
  const items = ref<ConditionField[]>([])
  const regions = ref<Unit[]>([])
  /** Of groups, regions and categories, by id. */
  const names = ref(new Map<string, string>())
  const byName = computed(() => new Map(items.value.map((field) => [field.name, field])))
  let loading: Promise<void> | null = null

  function load(): Promise<void> {
    loading ??= Promise.all([listConditionFields(), loadNames()]).then(
      ([page]) => void (items.value = page.items),
      (error) => {
        loading = null
        throw error
      },
    )
    return loading
  }

  /** Without the right to read them, conditions can be edited all the same. */
  async function loadNames(): Promise<void> {
    try {
      const [units, groups] = await Promise.all([listUnits('regions'), listGroups()])
      if (session.may('ticket.list')) await categories.know().catch(() => {})
      regions.value = units.items
      names.value = new Map([
        ...units.items.map((unit): [string, string] => [unit.id, unit.name]),
        ...groups.items.map((group): [string, string] => [group.group_id, group.name]),
        ...categories.items.map((one): [string, string] => [one.category_id, pathText(one.names)]),
      ])
    } catch {
      names.value = new Map()
    }
  }

  function entry(name: string): ConditionField | undefined {
    return byName.value.get(name.startsWith(CUSTOM) ? CUSTOM : name)
  }

  function label(name: string): string {
    if (name.startsWith(CUSTOM) && name !== CUSTOM) return name.slice(CUSTOM.length)
    const words = entry(name)?.label
    return words ? inLanguage(words) : name
  }

  return { items, regions, names, load, entry, label }
})

export function inLanguage(words: { zh: string; en: string }): string {
  return language.value === 'en' ? words.en : words.zh
}
