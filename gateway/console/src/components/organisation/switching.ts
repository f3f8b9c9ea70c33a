/** Switches something of the organisation on or off; off only after a question. */
import { useI18n } from 'vue-i18n'

import { useConfirm } from '@/composables/useConfirm'
import type { useRowCommands } from '@/composables/useRowCommands'

type Run = ReturnType<typeof useRowCommands>['run']

/** The name under which a switch is busy. */
export const switchOf = (id: string, isActive: boolean) => `${isActive} ${id}`

export function useSwitching(run: Run) {
  const { t } = useI18n()
  const confirm = useConfirm()

  /** `text` says what switching it off would mean. */
  return async function turn(
    id: string,
    isActive: boolean,
    text: string,
    request: (key: string) => Promise<unknown>,
  ): Promise<void> {
    const title = t('organisation.switchOff')
    if (!isActive && !(await confirm(title, text, title))) return
    const done = t(isActive ? 'organisation.switchedOn' : 'organisation.switchedOff')
    await run(switchOf(id, isActive), request, done)
  }
}
