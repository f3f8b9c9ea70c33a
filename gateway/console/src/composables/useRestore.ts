/** Takes tickets out of the bin. */
import { ref } from 'vue'
import { useI18n } from 'vue-i18n'

import { restoreTicket } from '@/api/moving'
import { Submission } from '@/api/submission'
import type { Ticket } from '@/api/types'

import { useProblems } from './useProblems'

export function useRestore(done: (ticket: Ticket) => Promise<unknown>) {
  const { t } = useI18n()
  const { tell, tellSuccess, tellWarning } = useProblems()
  const submission = new Submission({ onRepeat: () => tellWarning(t('editor.repeating')) })
  const isRestoring = ref(false)

  async function restore(number: string, version: number): Promise<void> {
    if (isRestoring.value) return
    isRestoring.value = true
    try {
      const send = (key: string) => restoreTicket(key, number)
      await done(await submission.send([number, version], send))
      tellSuccess(t('moving.bin.restored', { number }))
    } catch (error) {
      tell(error)
    } finally {
      isRestoring.value = false
    }
  }

  return { isRestoring, restore }
}
