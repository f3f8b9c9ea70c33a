/** Carries out one command on the open ticket at a time and says how it went. */
import { ref, shallowRef } from 'vue'
import { useI18n } from 'vue-i18n'

import { asProblem, type Problem } from '@/api/problem'
import { Submission } from '@/api/submission'
import type { Ticket } from '@/api/types'

import { useProblems } from './useProblems'
import { useOpenTicket } from './useTicket'

const STALE = 412
const CONFLICT = 409

export function useCommand() {
  const { t } = useI18n()
  const { tell, tellWarning } = useProblems()
  const open = useOpenTicket()
  const isBusy = ref(false)
  const problem = shallowRef<Problem | null>(null)
  const submission = new Submission({ onRepeat: () => tellWarning(t('editor.repeating')) })

  async function run(
    content: unknown,
    request: (key: string) => Promise<Ticket>,
  ): Promise<boolean> {
    if (isBusy.value) return false
    isBusy.value = true
    problem.value = null
    try {
      await open.changed(await submission.send(content, request))
      return true
    } catch (error) {
      problem.value = asProblem(error)
      await settle(problem.value)
      return false
    } finally {
      isBusy.value = false
    }
  }

  /** A refusal for the ticket's state means that the page shows an old one. */
  async function settle({ status }: Problem): Promise<void> {
    if (status === STALE) open.isStale.value = true
    if (status === CONFLICT) await open.changed()
  }

  /** For buttons without a dialog of their own to show the problem in. */
  async function runAndTell(
    content: unknown,
    request: (key: string) => Promise<Ticket>,
  ): Promise<boolean> {
    const isDone = await run(content, request)
    if (problem.value && problem.value.status !== STALE) tell(problem.value)
    return isDone
  }

  return { isBusy, problem, run, runAndTell }
}
