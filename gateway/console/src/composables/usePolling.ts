/** Repeats a request while the page is shown, slower while it fails, never two at once. */
import { onActivated, onBeforeUnmount, onDeactivated, onMounted } from 'vue'

const SLOWEST_MS = 60_000

export function usePolling(poll: () => Promise<void>, everyMs: number): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let isRunning = false
  let isPolling = false
  let delay = everyMs

  async function turn(): Promise<void> {
    if (isPolling) return
    isPolling = true
    try {
      await poll()
      delay = everyMs
    } catch {
      // Whoever asked shows the problem; here it only means less haste.
      delay = Math.min(delay * 2, SLOWEST_MS)
    } finally {
      isPolling = false
    }
    plan()
  }

  function plan(): void {
    clearTimeout(timer)
    if (isRunning && document.visibilityState === 'visible') timer = setTimeout(turn, delay)
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
}
