/** A short list of settings whose rows are added and changed in a dialog or a drawer. */
import { ref, shallowRef, watch } from 'vue'
import { useI18n } from 'vue-i18n'

import { useProblems } from './useProblems'
import { useRowCommands } from './useRowCommands'
import { watchedList } from './watchedList'

/** `Edited` is what the dialog is about; `savedWord` is told after it in place of the usual word. */
export function useEditedList<Row, Edited>(
  request: (withInactive: boolean) => Promise<{ items: Row[] }>,
  savedWord = 'settings.saved',
) {
  const { t } = useI18n()
  const { tellSuccess } = useProblems()
  const withInactive = ref(false)
  const { items, problem, load } = watchedList(() => request(withInactive.value))
  const { busy, run } = useRowCommands(load)
  /** Null while no dialog is open. */
  const edited = shallowRef<Edited | null>(null)

  watch(withInactive, () => void reload())
  void reload()

  function reload(): Promise<void> {
    return load().catch(() => {})
  }

  async function saved(): Promise<void> {
    edited.value = null
    tellSuccess(t(savedWord))
    await reload()
  }

  /** The dialog about the row as somebody else has made it meanwhile; closed if it is gone. */
  async function reopen(isIt: (row: Row) => boolean, about: (row: Row) => Edited): Promise<void> {
    edited.value = null
    await reload()
    const fresh = items.value?.find(isIt)
    if (fresh) edited.value = about(fresh)
  }

  return { items, problem, withInactive, edited, busy, run, reload, saved, reopen }
}
