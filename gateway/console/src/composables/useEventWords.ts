/** Types of events in the reader's words; those that have none are told as the service does. */
import { useI18n } from 'vue-i18n'

import type { EventType } from '@/api/webhooks'

export const EVERYTHING = '*'

export const familyOf = (type: string) => type.split('.', 1)[0]!

export function useEventWords() {
  const { t, te } = useI18n()

  function typeWord(type: string, known: readonly EventType[] = []): string {
    if (te(`eventType.${type}`)) return t(`eventType.${type}`)
    return known.find((one) => one.type === type)?.summary ?? type
  }

  function familyWord(family: string): string {
    return te(`eventFamily.${family}`) ? t(`eventFamily.${family}`) : family
  }

  /** `ticket.created`, `ticket.*` or `*`. */
  function pattern(one: string): string {
    if (one === EVERYTHING) return t('webhooks.everything')
    return one.endsWith('.*')
      ? t('webhooks.wholeFamily', { name: familyWord(familyOf(one)) })
      : typeWord(one)
  }

  return { typeWord, familyWord, pattern }
}
