/** Work on many tickets in words. */
import { useI18n } from 'vue-i18n'

import type { BulkItem, TicketBulk } from '@/api/bulks'
import { Problem } from '@/api/problem'
import { useActionWords } from '@/composables/useActionWords'
import { useProblems } from '@/composables/useProblems'

export function useBulkWords() {
  const { t } = useI18n()
  const actions = useActionWords()
  const problems = useProblems()

  /** A macro has a name; anything else is what it does. */
  function title(bulk: TicketBulk): string {
    if (bulk.macro_id) return bulk.title
    if (bulk.problem) return t('bulk.linkWith', { number: bulk.problem })
    return bulk.actions.map(actions.words).join(' → ')
  }

  const status = (bulk: TicketBulk) => t(`bulk.is.${bulk.status}`)

  function reason({ code, message }: BulkItem): string {
    if (!code) return ''
    return problems.words(new Problem({ status: 409, code, detail: message ?? '' }))
  }

  return { title, status, reason }
}
