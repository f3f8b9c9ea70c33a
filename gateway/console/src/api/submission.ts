/** One submission, carried out once: repeats of the same content carry the same key. */
import { asProblem } from './problem'

const PAUSES_MS = [1_000, 3_000, 6_000]

export interface PendingKey {
  key: string
  content: string
}

export interface SubmissionOptions {
  pause?: (ms: number) => Promise<void>
  /** A key that an earlier visit of the page left without an answer. */
  pending?: PendingKey | null
  /** Called when a key begins or stops to wait for its answer, so that it can be stored. */
  keep?: (pending: PendingKey | null) => void
  /** Called before a repeat, so that the person knows why it takes long. */
  onRepeat?: () => void
}

/** Not crypto.randomUUID, which browsers only offer under https and on localhost. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

export class Submission {
  private pending: PendingKey | null
  private readonly pause: (ms: number) => Promise<void>
  private readonly keep: (pending: PendingKey | null) => void
  private readonly onRepeat: () => void

  constructor(options: SubmissionOptions = {}) {
    this.pending = options.pending ?? null
    this.pause = options.pause ?? sleep
    this.keep = options.keep ?? (() => {})
    this.onRepeat = options.onRepeat ?? (() => {})
  }

  /** Sends until the outcome is known, or gives up and leaves the key for the next try. */
  async send<T>(content: unknown, request: (key: string) => Promise<T>): Promise<T> {
    const key = this.keyFor(JSON.stringify(content))
    for (let attempt = 0; ; attempt += 1) {
      try {
        const answer = await request(key)
        this.remember(null)
        return answer
      } catch (error) {
        const problem = asProblem(error)
        const pause = PAUSES_MS[attempt]
        if (!problem.isOutcomeUnknown) this.remember(null)
        if (!problem.isOutcomeUnknown || pause === undefined) throw problem
        this.onRepeat()
        await this.pause(pause)
      }
    }
  }

  /** Other content is another submission: the old key would be refused for it. */
  private keyFor(content: string): string {
    if (this.pending?.content !== content) this.remember({ key: newKey(), content })
    return this.pending!.key
  }

  private remember(pending: PendingKey | null): void {
    this.pending = pending
    this.keep(pending)
  }
}
