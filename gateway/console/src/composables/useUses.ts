/** What names a thing that is to go, in one sentence. */
import { useI18n } from 'vue-i18n'

import type { components } from '@/api/schema'

export type Use = components['schemas']['Use']

/** So many are named; the others are counted. */
const NAMED = 12

export function useUses() {
  const { t } = useI18n()

  function named(use: Use): string {
    const kind = t(`uses.kind.${use.kind}`)
    const whose =
      use.name === null ? t('uses.hidden', { kind }) : t('uses.one', { kind, name: use.name })
    return use.is_active ? whose : t('uses.off', { whose })
  }

  /** Empty where nothing names it. */
  return function told(uses: readonly Use[] | undefined): string {
    if (!uses?.length) return ''
    const names = uses.slice(0, NAMED).map(named).join(t('uses.between'))
    const more = uses.length - NAMED
    return more > 0 ? t('uses.more', { names, more }) : t('uses.all', { names })
  }
}
