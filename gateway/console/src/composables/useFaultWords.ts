/** What is wrong with a value of a form, in the reader's words. */
import { useI18n } from 'vue-i18n'

import type { FieldFault } from '@/api/templates'
import { keyOfPath } from '@/format/formValues'

export function useFaultWords() {
  const { t, te } = useI18n()

  function faultWord(fault: FieldFault): string {
    const name = `forms.fault.${fault.code}`
    const told = fault.told ?? {}
    const kinds = [told.kinds ?? told.kind ?? []].flat().map((one) => t(`forms.files.${one}`))
    return te(name) ? t(name, { ...told, kinds: kinds.join('、') }) : fault.message
  }

  /** By the key of their field. */
  function faultWords(faults: readonly FieldFault[]): Record<string, string> {
    const words = faults.map((fault) => [keyOfPath(fault.path), faultWord(fault)] as const)
    return Object.fromEntries(words.reverse())
  }

  return { faultWord, faultWords }
}
