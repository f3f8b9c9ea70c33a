/** One command of a form: sent once, and why it was refused. */
import { ref, shallowRef } from 'vue'
import { useI18n } from 'vue-i18n'

import { asProblem, type Problem } from '@/api/problem'
import { Submission } from '@/api/submission'

import { useProblems } from './useProblems'

export function useSubmission() {
  const { t } = useI18n()
  const { tellWarning } = useProblems()
  const isBusy = ref(false)
  const problem = shallowRef<Problem | null>(null)
  const submission = new Submission({ onRepeat: () => tellWarning(t('editor.repeating')) })

  /** The answer, or null where there is a problem to show. */
  async function send<T>(
    content: unknown,
    request: (key: string) => Promise<T>,
  ): Promise<T | null> {
    if (isBusy.value) return null
    isBusy.value = true
    problem.value = null
    try {
      return await submission.send(content, request)
    } catch (error) {
      problem.value = asProblem(error)
      return null
    } finally {
      isBusy.value = false
    }
  }

  return { isBusy, problem, send }
}
