/** Commands on rows of a list: each once at a time, told how it went, then the list anew. */
import { ref } from 'vue'
import { useI18n } from 'vue-i18n'

import { Submission } from '@/api/submission'

import { useProblems } from './useProblems'

export function useRowCommands(reload: () => Promise<void>) {
  const { t } = useI18n()
  const { tell, tellSuccess, tellWarning } = useProblems()
  const busy = ref(new Set<string>())
  const submissions = new Map<string, Submission>()

  /**
   * `name` says what is done to which row: the same name is sent again with the same key. Without
   * `done` only a refusal is told.
   */
  async function run(
    name: string,
    request: (key: string) => Promise<unknown>,
    done = '',
  ): Promise<void> {
    if (busy.value.has(name)) return
    busy.value.add(name)
    try {
      await submissionOf(name).send(name, request)
      if (done) tellSuccess(done)
    } catch (error) {
      tell(error)
    }
    // Also after a refusal: somebody else may have been faster.
    await reload().catch(() => {})
    busy.value.delete(name)
  }

  function submissionOf(name: string): Submission {
    const known = submissions.get(name)
    if (known) return known
    const fresh = new Submission({ onRepeat: () => tellWarning(t('editor.repeating')) })
    submissions.set(name, fresh)
    return fresh
  }

  return { busy, run }
}
