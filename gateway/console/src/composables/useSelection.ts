/** Tickets that are selected in the list, on whatever page they are, and the row of the keyboard. */
import { computed, ref, type Ref, watch } from 'vue'

import type { TicketRow } from '@/api/types'

export function useSelection(rows: Ref<TicketRow[]>) {
  const selected = ref(new Set<string>())
  /** The place of the row that keys act on; -1: none. */
  const at = ref(-1)
  const focused = computed(() => rows.value[at.value]?.number ?? '')
  const isPageSelected = computed(
    () => rows.value.length > 0 && rows.value.every((row) => selected.value.has(row.number)),
  )

  watch(
    () => rows.value.length,
    (count) => (at.value = Math.min(at.value, count - 1)),
  )

  function toggle(number: string): void {
    const next = new Set(selected.value)
    if (!next.delete(number)) next.add(number)
    selected.value = next
  }

  function togglePage(): void {
    const next = new Set(selected.value)
    const isSelected = isPageSelected.value
    for (const { number } of rows.value) {
      if (isSelected) next.delete(number)
      else next.add(number)
    }
    selected.value = next
  }

  function clear(): void {
    selected.value = new Set()
  }

  function step(by: 1 | -1): void {
    if (!rows.value.length) return
    at.value = Math.min(Math.max(at.value + by, 0), rows.value.length - 1)
  }

  return { selected, focused, isPageSelected, toggle, togglePage, clear, step, at }
}
