/** The keys of the list: up and down, select, open, and what is done with what is selected. */
import { nextTick, type Ref } from 'vue'

import { useShortcuts } from '@/keyboard'

import type { useSelection } from './useSelection'

interface ListKeys {
  selection: ReturnType<typeof useSelection>
  scroller: Readonly<Ref<HTMLElement | null>>
  open: () => void
  maySelect: () => boolean
  act: (kind: BulkKind) => void
}

export const BULK_KINDS = [
  'assign',
  'transfer',
  'status',
  'urgency',
  'tags',
  'problem',
  'macro',
] as const
export type BulkKind = (typeof BULK_KINDS)[number]

export function useListShortcuts({ selection, scroller, open, maySelect, act }: ListKeys): void {
  const hasRow = () => selection.focused.value !== ''
  const hasSelected = () => maySelect() && selection.selected.value.size > 0

  function step(by: 1 | -1): void {
    selection.step(by)
    void nextTick(() => {
      const row = scroller.value?.querySelector('.tickets__row--focused')
      row?.scrollIntoView({ block: 'nearest' })
      row?.querySelector('a')?.focus({ preventScroll: true })
    })
  }

  useShortcuts('keys.list', [
    { keys: 'j', label: 'keys.down', run: () => step(1) },
    { keys: 'k', label: 'keys.up', run: () => step(-1) },
    { keys: 'o', label: 'keys.open', when: hasRow, run: open },
    { keys: 'Enter', label: 'keys.open', when: hasRow, run: open },
    {
      keys: 'x',
      label: 'keys.select',
      when: () => hasRow() && maySelect(),
      run: () => selection.toggle(selection.focused.value),
    },
    { keys: '* a', label: 'keys.selectPage', when: maySelect, run: selection.togglePage },
    { keys: 'Escape', label: 'keys.selectNone', when: hasSelected, run: selection.clear },
    { keys: 'a', label: 'bulk.assign', when: hasSelected, run: () => act('assign') },
    { keys: 't', label: 'bulk.transfer', when: hasSelected, run: () => act('transfer') },
    { keys: 's', label: 'bulk.status', when: hasSelected, run: () => act('status') },
    { keys: 'u', label: 'bulk.urgency', when: hasSelected, run: () => act('urgency') },
    { keys: 'l', label: 'bulk.tags', when: hasSelected, run: () => act('tags') },
    { keys: 'p', label: 'bulk.problem', when: hasSelected, run: () => act('problem') },
    { keys: 'm', label: 'bulk.macro', when: hasSelected, run: () => act('macro') },
  ])
}
