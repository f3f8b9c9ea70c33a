/** A list that is walked page by page by cursors; it is asked only when its reader asks. */
import { computed, ref, shallowRef } from 'vue'

import { asProblem, type Problem } from '@/api/problem'

interface Page<T> {
  items: T[]
  next_cursor: string | null
}

export function pagedList<T>(request: (cursor: string | null) => Promise<Page<T>>) {
  /** Null until the first answer. */
  const items = shallowRef<T[] | null>(null)
  const problem = shallowRef<Problem | null>(null)
  const isLoading = ref(false)
  /** The cursors of the pages walked through so far; the last one is the page shown. */
  const cursors = ref<(string | null)[]>([null])
  const nextCursor = ref<string | null>(null)
  let turn = 0

  /** An answer that was overtaken by a later question is old, and is not shown. */
  async function load(): Promise<void> {
    const mine = ++turn
    isLoading.value = true
    try {
      const page = await request(cursors.value.at(-1) ?? null)
      if (mine !== turn) return
      items.value = page.items
      nextCursor.value = page.next_cursor
      problem.value = null
    } catch (error) {
      if (mine === turn) problem.value = asProblem(error)
    } finally {
      if (mine === turn) isLoading.value = false
    }
  }

  function restart(): Promise<void> {
    cursors.value = [null]
    return load()
  }

  function next(): Promise<void> {
    if (nextCursor.value) cursors.value.push(nextCursor.value)
    return load()
  }

  function previous(): Promise<void> {
    if (cursors.value.length > 1) cursors.value.pop()
    return load()
  }

  return {
    items,
    problem,
    isLoading,
    page: computed(() => cursors.value.length),
    hasNext: computed(() => nextCursor.value !== null),
    load,
    restart,
    next,
    previous,
  }
}
