/** A long form kept in the browser until it is saved, so that a closed window loses nothing. */
import { onBeforeUnmount, onMounted } from 'vue'

const PREFIX = 'tidedesk.draft'
const PAUSE_MS = 400

/** `name` tells whose form of what it is; signing out removes it with the other drafts. */
export function useKeptForm<T>(personId: string, name: () => string, content: () => T | null) {
  let timer: ReturnType<typeof setTimeout> | undefined
  const address = () => `${PREFIX}.${personId}.${name()}`

  function stored(): T | null {
    try {
      return JSON.parse(localStorage.getItem(address()) ?? 'null') as T | null
    } catch {
      return null
    }
  }

  /** Soon; of quick changes only the last. */
  function keep(): void {
    clearTimeout(timer)
    timer = setTimeout(write, PAUSE_MS)
  }

  function write(): void {
    clearTimeout(timer)
    timer = undefined
    const kept = content()
    try {
      if (kept === null) localStorage.removeItem(address())
      else localStorage.setItem(address(), JSON.stringify(kept))
    } catch {
      // A full or forbidden store costs what a closed window loses, not the work at hand.
    }
  }

  const flush = () => timer && write()
  onMounted(() => addEventListener('pagehide', flush))
  onBeforeUnmount(() => {
    removeEventListener('pagehide', flush)
    flush()
  })

  return { stored, keep, write }
}
