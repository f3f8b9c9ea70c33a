/** A list that is walked page by page by cursors; it is asked only when its reader asks. */
import { ref, shallowRef } from 'vue'

import { asProblem, type Problem } from '@/api/problem'

import { cursorWalk } from './cursorWalk'

interface Page<T> {
  items: T[]
  next_cursor: string | null
}

export function pagedList<T>(request: (cursor: string | null) => Promise<Page<T>>) {
  /** Null until the first answer. */
  const items = shallowRef<T[] | null>(null)
  const problem = shallowRef<Problem | null>(null)
  const isLoading = ref(false)
  const { cursor, nextCursor, steps } = cursorWalk(load)
  let turn = 0

  /** An answer that was overtaken by a later question is old, and is not shown. */
  async function load(): Promise<void> {
    const mine = ++turn
    isLoading.value = true
    try {
      const page = await request(cursor.value)
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

  return { items, problem, isLoading, load, ...steps }
}
