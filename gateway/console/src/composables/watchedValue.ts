/** Something that is looked at again and again; what it was stays while no answer comes. */
import { ref, shallowRef } from 'vue'

import { asProblem, type Problem } from '@/api/problem'

export function watchedValue<T>(request: () => Promise<T>) {
  /** Null until the first answer. */
  const value = shallowRef<T | null>(null)
  const problem = shallowRef<Problem | null>(null)
  const isLoading = ref(false)
  let turn = 0

  /** An answer that was overtaken by a later question is old, and is not shown. */
  async function load(): Promise<void> {
    const mine = ++turn
    isLoading.value = true
    try {
      const answer = await request()
      if (mine !== turn) return
      value.value = answer
      problem.value = null
    } catch (error) {
      if (mine === turn) problem.value = asProblem(error)
      throw error
    } finally {
      if (mine === turn) isLoading.value = false
    }
  }

  return { value, problem, isLoading, load }
}
