/** A view as it is edited, and one that begins with the filters of a list. */
import type { Condition } from '@/api/conditions'
import { COLUMNS, type NewView, type SavedView, type ViewColumn } from '@/api/views'
import type { ListFilters } from '@/composables/listQuery'

export interface ViewForm extends Omit<Required<NewView>, 'condition' | 'columns'> {
  condition: Condition
  columns: ViewColumn[]
}

const USUAL: ViewColumn[] = [
  'number',
  'subject',
  'status',
  'urgency',
  'customer',
  'assignee',
  'updated_at',
]

export function formOf(view: SavedView | null, condition?: Condition): ViewForm {
  if (!view)
    return {
      name: '',
      name_en: null,
      visibility: 'private',
      group_id: null,
      condition: condition ?? { all: [] },
      sort: '-updated_at',
      columns: [...USUAL],
    }
  return {
    name: view.name,
    name_en: view.name_en,
    visibility: view.visibility,
    group_id: view.group_id,
    condition: view.condition as Condition,
    sort: view.sort as ViewForm['sort'],
    columns: COLUMNS.filter((column) => view.columns.includes(column)),
  }
}

export function bodyOf(form: ViewForm): NewView {
  return {
    ...form,
    name: form.name.trim(),
    name_en: form.name_en?.trim() || null,
    group_id: form.visibility === 'group' ? form.group_id || null : null,
    condition: form.condition as NewView['condition'],
    // In the order in which they are offered, whichever was chosen first.
    columns: COLUMNS.filter((column) => form.columns.includes(column)),
  }
}

export function isComplete(form: ViewForm): boolean {
  return !!form.name.trim() && (form.visibility !== 'group' || !!form.group_id)
}

/** What the list is narrowed by, as far as conditions can say it; `me` is no condition. */
export function conditionOf(filters: ListFilters): Condition {
  const unfinished = ['new', 'open', 'pending', 'on_hold']
  const parts: Condition[] = []
  if (filters.status.length) parts.push({ field: 'status', op: 'in', value: filters.status })
  else if (['mine', 'unassigned', 'open', 'overdue'].includes(filters.view))
    parts.push({ field: 'status_category', op: 'in', value: unfinished })
  if (filters.view === 'unassigned' || filters.assignee === 'none')
    parts.push({ field: 'assignee_id', op: 'is_not_set' })
  else if (filters.assignee && filters.assignee !== 'me')
    parts.push({ field: 'assignee_id', op: 'is', value: filters.assignee })
  if (filters.group === 'none') parts.push({ field: 'group_id', op: 'is_not_set' })
  else if (filters.group) parts.push({ field: 'group_id', op: 'is', value: filters.group })
  for (const name of ['urgency', 'channel', 'kind'] as const)
    if (filters[name]) parts.push({ field: name, op: 'is', value: filters[name] })
  if (filters.q) parts.push({ field: 'subject', op: 'contains', value: filters.q })
  return { all: parts }
}
