/** Several wishes within a moment are one; the next moment begins when the first wish is granted. */

const MOMENT_MS = 150
/** Consoles that hear the same do not all ask at once. */
const SPREAD_MS = 250
/** The least pause between two grants. */
const REST_MS = 1_000

export interface Gathered {
  ask(): void
  cancel(): void
}

export function gather(grant: () => void, lagMs = 0, now: () => number = Date.now): Gathered {
  let timer: ReturnType<typeof setTimeout> | undefined
  let grantedAt = -Infinity

  function fire(): void {
    timer = undefined
    grantedAt = now()
    grant()
  }

  return {
    ask() {
      if (timer !== undefined) return
      const moment = MOMENT_MS + lagMs + Math.random() * SPREAD_MS
      timer = setTimeout(fire, Math.max(moment, grantedAt + REST_MS - now()))
    },
    cancel() {
      clearTimeout(timer)
      timer = undefined
    },
  }
}
