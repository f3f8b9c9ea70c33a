/** Counts the seconds down until something may be tried again. */
import { onBeforeUnmount, ref } from 'vue'

export function useWait() {
  const left = ref(0)
  let timer: ReturnType<typeof setInterval> | undefined
  let until = 0

  /** By the clock, not by counting: a sleeping tab misses ticks. */
  function tick(): void {
    left.value = Math.max(Math.ceil((until - Date.now()) / 1000), 0)
    if (!left.value) clearInterval(timer)
  }

  function wait(seconds: number): void {
    clearInterval(timer)
    until = Date.now() + seconds * 1000
    tick()
    if (left.value) timer = setInterval(tick, 500)
  }

  onBeforeUnmount(() => clearInterval(timer))
  return { left, wait }
}
