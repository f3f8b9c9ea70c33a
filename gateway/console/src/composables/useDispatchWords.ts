/** Why people got no ticket, and how decisions came out, in words. */
import { useI18n } from 'vue-i18n'

import type { Decision } from '@/api/dispatch'

export function useDispatchWords() {
  const { t, te } = useI18n()

  /** The set of reasons may grow on the server before the console knows them. */
  function reason(name: string): string {
    return te(`skipReason.${name}`) ? t(`skipReason.${name}`) : name
  }

  function reasons(names: string[]): string {
    return names.map(reason).join(t('why.comma'))
  }

  function outcome({ outcome: name, mode, explanation }: Decision): string {
    const who = explanation.chosen?.name ?? ''
    const key = `decision.${name}_${mode}`
    return te(key) ? t(key, { who }) : t(`decision.${name}`, { who })
  }

  return { reason, reasons, outcome }
}
