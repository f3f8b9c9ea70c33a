/** Names of values whose set may grow on the server before the console knows them. */
import { useI18n } from 'vue-i18n'

export const CHANNELS = ['mail', 'web_form', 'phone', 'manual', 'portal', 'internal'] as const
export const KINDS = ['inquiry', 'complaint', 'repair', 'suggestion', 'internal'] as const
export const URGENCIES = ['normal', 'urgent', 'critical'] as const

interface RoleName {
  zh: string
  en: string
}

export function useWords() {
  const { t, te, locale } = useI18n()
  const word = (group: string) => (key: string) =>
    te(`${group}.${key}`) ? t(`${group}.${key}`) : key
  /** As it is named now; where only its key is known, a shipped role in the catalogue's words. */
  function roleName(one: { role: string; role_name?: RoleName } | null): string {
    if (!one) return ''
    const names = one.role_name
    return (names && (locale.value === 'en' ? names.en : names.zh)) || word('role')(one.role)
  }
  return {
    roleName,
    channel: word('channel'),
    kind: word('kind'),
    urgency: word('urgency'),
    field: word('field'),
    target: word('notice.target'),
  }
}
