/** The way through a list that is shown page by page: forward by cursors, and back again. */
import { computed, ref } from 'vue'

export function cursorWalk(load: () => Promise<void>) {
  /** Of the pages walked through so far; the last one is of the page shown. */
  const cursors = ref<(string | null)[]>([null])
  /** Of the page behind the one shown, as the last answer said. */
  const nextCursor = ref<string | null>(null)

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
    cursor: computed(() => cursors.value.at(-1) ?? null),
    nextCursor,
    steps: {
      page: computed(() => cursors.value.length),
      hasNext: computed(() => nextCursor.value !== null),
      restart,
      next,
      previous,
    },
  }
}
