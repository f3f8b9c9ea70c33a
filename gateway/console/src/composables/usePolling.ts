/** Repeats a request while the page is shown, slower while it fails, never two at once. */
import { onActivated, onBeforeUnmount, onDeactivated, onMounted } from 'vue'

const SLOWEST_MS = 60_000
/** Whoever asks seldom does not wait that long after a failure. */
const FIRST_REPEAT_MS = 5_000

export interface Polling {
  /** Ask without waiting for one's turn; while the page is hidden, as soon as it is shown. */
  now(): void
}

/** `every` may tell another pause each time. */
export function usePolling(poll: () => Promise<void>, every: number | (() => number)): Polling {
  const pause = () => (typeof every === 'number' ? every : every())
  const delay = () =>
    slower === 1 ? pause() : Math.min(Math.min(pause(), FIRST_REPEAT_MS) * slower, SLOWEST_MS)
  let timer: ReturnType<typeof setTimeout> | undefined
  let isRunning = false
  let isPolling = false
  let isWanted = false
  let slower = 1

  async function turn(): Promise<void> {
    if (isPolling) return
    isPolling = true
    isWanted = false
    try {
      await poll()
      slower = 1
    } catch {
      // Whoever asked shows the problem; here it only means less haste.
      slower *= 2
    } finally {
      isPolling = false
    }
    if (isWanted && slower === 1) void turn()
    else plan()
  }

  function plan(): void {
    clearTimeout(timer)
    if (isRunning && document.visibilityState === 'visible') timer = setTimeout(turn, delay())
  }

  function now(): void {
    if (!isRunning || document.visibilityState !== 'visible') return
    // An answer that is under way may be older than what it is asked for.
    isWanted = true
    clearTimeout(timer)
    void turn()
  }

  function onVisibility(): void {
    clearTimeout(timer)
    if (isRunning && document.visibilityState === 'visible') void turn()
  }

  function start(): void {
    if (isRunning) return
    isRunning = true
    document.addEventListener('visibilitychange', onVisibility)
    plan()
  }

  function stop(): void {
    isRunning = false
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', onVisibility)
  }

  onMounted(start)
  onActivated(start)
  onDeactivated(stop)
  onBeforeUnmount(stop)

  return { now }
}
