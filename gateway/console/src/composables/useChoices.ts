/** A list of choices below a search field: the arrows move a mark, Return takes what is marked. */
import { computed, nextTick, ref, type Ref, watch } from 'vue'

export function useChoices<T>(choices: Ref<readonly T[]>, take: (choice: T) => void, id: string) {
  const marked = ref(0)
  const current = computed(() => choices.value[marked.value] ?? null)
  const markedId = computed(() => (current.value ? `${id}-${marked.value}` : undefined))

  watch(choices, () => (marked.value = 0))

  function onKey(given: Event): void {
    const event = given as KeyboardEvent
    // Return ends a word that is being composed, nothing else.
    if (event.isComposing) return
    if (event.key === 'ArrowDown') mark(marked.value + 1)
    else if (event.key === 'ArrowUp') mark(marked.value - 1)
    else if (event.key === 'Enter' && current.value) take(current.value)
    else return
    event.preventDefault()
  }

  function mark(place: number): void {
    const count = choices.value.length
    if (!count) return
    marked.value = (place + count) % count
    void nextTick(() =>
      document.getElementById(`${id}-${marked.value}`)?.scrollIntoView({ block: 'nearest' }),
    )
  }

  return { marked, current, markedId, onKey }
}
