import { ref, watch } from 'vue'

const PAUSE_MS = 400

/** Words of a search box, which count when the typing pauses; `search` does not wait for that. */
export function useTypedWords(known: () => string, look: (words: string) => void) {
  const words = ref(known())
  let timer: ReturnType<typeof setTimeout> | undefined

  watch(known, (given) => (words.value = given))

  function search(): void {
    clearTimeout(timer)
    const wanted = words.value.trim()
    if (wanted !== known()) look(wanted)
  }

  function searchSoon(): void {
    clearTimeout(timer)
    timer = setTimeout(search, PAUSE_MS)
  }

  return { words, search, searchSoon }
}
