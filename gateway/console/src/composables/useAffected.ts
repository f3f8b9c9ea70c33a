/** Tells whoever published a template what still names a field that is gone or confidential now. */
import 'element-plus/es/components/message-box/style/css'

import { ElMessageBox } from 'element-plus/es/components/message-box/index'
import { useI18n } from 'vue-i18n'

import type { components } from '@/api/schema'

import { useUses } from './useUses'

type Affected = components['schemas']['AffectedField']

export function useAffected() {
  const { t } = useI18n()
  const told = useUses()

  return async function tellAffected(affected: readonly Affected[] = []): Promise<void> {
    if (!affected.length) return
    const lines = affected.map(
      ({ field, reason, uses, unanswered }) =>
        `${t(`uses.${reason}`, { field })} ${told(uses, unanswered)}`,
    )
    const options = { type: 'warning', confirmButtonText: t('uses.seen') } as const
    await ElMessageBox.alert(lines.join(' '), t('uses.affectedTitle'), options).catch(() => {})
  }
}
