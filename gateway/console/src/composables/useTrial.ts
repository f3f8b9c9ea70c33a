/** Something that is tried and changes nothing: what would come of it, or why it was refused. */
import { ref, shallowRef } from 'vue'

import { asProblem, type Problem } from '@/api/problem'

export function useTrial<Asked, Found>(request: (asked: Asked) => Promise<Found>) {
  const isBusy = ref(false)
  const problem = shallowRef<Problem | null>(null)
  const result = shallowRef<Found | null>(null)

  async function attempt(asked: Asked): Promise<void> {
    if (isBusy.value) return
    isBusy.value = true
    problem.value = null
    try {
      result.value = await request(asked)
    } catch (error) {
      result.value = null
      problem.value = asProblem(error)
    } finally {
      isBusy.value = false
    }
  }

  /** What was tried is something else now. */
  function forget(): void {
    result.value = problem.value = null
  }

  return { isBusy, problem, result, attempt, forget }
}
