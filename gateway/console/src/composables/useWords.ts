/** Names of values whose set may grow on the server before the console knows them. */
import { useI18n } from 'vue-i18n'

export const CHANNELS = ['mail', 'web_form', 'phone', 'manual'] as const
export const KINDS = ['inquiry', 'complaint', 'repair', 'suggestion', 'internal'] as const
export const URGENCIES = ['normal', 'urgent', 'critical'] as const

export function useWords() {
  const { t, te } = useI18n()
  const word = (group: string) => (key: string) =>
    te(`${group}.${key}`) ? t(`${group}.${key}`) : key
  return {
    channel: word('channel'),
    kind: word('kind'),
    urgency: word('urgency'),
    field: word('field'),
  }
}
