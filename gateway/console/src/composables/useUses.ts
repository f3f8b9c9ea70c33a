/** What names a thing that is to go, in one sentence. */
import { useI18n } from 'vue-i18n'

import type { components } from '@/api/schema'

export type Use = components['schemas']['Use']

export type Unanswered = components['schemas']['TagUse']['unanswered']

/** Not somebody's own: what has no name is another right's. */
const ELSEWHERE: Use['kind'][] = ['sla_policy', 'sla_setting', 'dispatch_rule']
/** So many are named; the others are counted. */
const NAMED = 12

export function useUses() {
  const { t } = useI18n()

  function named(use: Use): string {
    const kind = t(`uses.kind.${use.kind}`)
    const hidden = ELSEWHERE.includes(use.kind) ? 'uses.unseen' : 'uses.hidden'
    const name = use.kind === 'sla_setting' ? use.name && t(`uses.setting.${use.name}`) : use.name
    const whose = name === null ? t(hidden, { kind }) : t('uses.one', { kind, name })
    return use.is_active ? whose : t('uses.off', { whose })
  }

  function missing(unanswered: Unanswered): string {
    if (!unanswered?.length) return ''
    const services = unanswered.map((one) => t(`uses.service.${one}`)).join(t('uses.between'))
    return t('uses.unanswered', { services })
  }

  /** Empty where nothing names it, as far as all have answered. */
  return function told(uses: readonly Use[] | undefined, unanswered?: Unanswered): string {
    return [listed(uses), missing(unanswered)].filter(Boolean).join(' ')
  }

  function listed(uses: readonly Use[] | undefined): string {
    if (!uses?.length) return ''
    const names = uses.slice(0, NAMED).map(named).join(t('uses.between'))
    const more = uses.length - NAMED
    return more > 0 ? t('uses.more', { names, more }) : t('uses.all', { names })
  }
}
