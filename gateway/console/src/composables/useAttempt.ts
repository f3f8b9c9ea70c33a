/** One step of proving who one is: sends it, says why it was refused and how long to wait. */
import { computed, ref, shallowRef } from 'vue'
import { useI18n } from 'vue-i18n'

import { asProblem, type Problem } from '@/api/problem'

import { useProblems } from './useProblems'
import { useWait } from './useWait'

export function useAttempt() {
  const { t } = useI18n()
  const { words } = useProblems()
  const { left, wait } = useWait()
  const isBusy = ref(false)
  const problem = shallowRef<Problem | null>(null)
  const own = ref('')

  const message = computed(() => {
    if (left.value) return t('login.wait', { time: duration(left.value) })
    return problem.value ? words(problem.value) : own.value
  })

  function duration(seconds: number): string {
    const minutes = Math.floor(seconds / 60)
    if (!minutes) return t('login.seconds', { count: seconds })
    return t('login.minutes', { minutes, seconds: String(seconds % 60).padStart(2, '0') })
  }

  /** The answer, or null where it was refused; `problem` then says why. */
  async function attempt<T>(request: () => Promise<T>): Promise<T | null> {
    if (isBusy.value) return null
    isBusy.value = true
    say('')
    try {
      return await request()
    } catch (error) {
      const refusal = asProblem(error)
      // Once the time is over nothing is left to be said.
      if (refusal.retryAfter && refusal.status === 429) wait(refusal.retryAfter)
      else problem.value = refusal
      return null
    } finally {
      isBusy.value = false
    }
  }

  function say(text: string): void {
    problem.value = null
    own.value = text
  }

  return { isBusy, isWaiting: computed(() => left.value > 0), message, problem, attempt, say }
}
