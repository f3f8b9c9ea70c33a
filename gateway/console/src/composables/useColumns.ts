/** Which columns of the list somebody wants to see, kept for them on this machine. */
import { ref } from 'vue'

export const COLUMNS = [
  'customer',
  'status',
  'urgency',
  'assignee',
  'category',
  'channel',
  'score',
  'due',
  'updated_at',
] as const
export type Column = (typeof COLUMNS)[number]

const PREFIX = 'tidedesk.columns'

export function useColumns(personId: string) {
  const address = `${PREFIX}.${personId}`
  const hidden = ref<ReadonlySet<Column>>(read(address))
  const shows = (column: Column) => !hidden.value.has(column)

  function toggle(column: Column): void {
    const next = new Set(hidden.value)
    if (!next.delete(column)) next.add(column)
    hidden.value = next
    try {
      localStorage.setItem(address, JSON.stringify([...next]))
    } catch {
      // Without a store the choice holds until the page is left.
    }
  }

  return { shows, toggle }
}

function read(address: string): ReadonlySet<Column> {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(address) ?? '[]')
    const names = Array.isArray(stored) ? stored : []
    return new Set(COLUMNS.filter((column) => names.includes(column)))
  } catch {
    return new Set()
  }
}
