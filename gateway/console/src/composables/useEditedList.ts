/** A short list of settings whose rows are added and changed in a dialog. */
import { ref, shallowRef, watch } from 'vue'
import { useI18n } from 'vue-i18n'

import { useProblems } from './useProblems'
import { useRowCommands } from './useRowCommands'
import { watchedList } from './watchedList'

/** `Edited` is what the dialog is about. */
export function useEditedList<Row, Edited>(
  request: (withInactive: boolean) => Promise<{ items: Row[] }>,
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
    tellSuccess(t('settings.saved'))
    await reload()
  }

  return { items, problem, withInactive, edited, busy, run, reload, saved }
}
