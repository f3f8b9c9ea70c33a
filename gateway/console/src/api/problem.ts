/** What went wrong with a request: the gateway's problem+json, or no answer at all. */

export type FieldErrors = Record<string, string[]>

interface ProblemParts {
  status: number
  code: string
  title?: string
  detail?: string
  errors?: FieldErrors
  requestId?: string
  outcome?: string
  /** Everything that was answered: some codes bring members of their own. */
  body?: Record<string, unknown>
}

export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly errors: FieldErrors
  readonly requestId: string
  private readonly outcome: string
  private readonly body: Record<string, unknown>

  constructor(parts: ProblemParts) {
    super(parts.detail || parts.title || parts.code)
    this.name = 'Problem'
    this.status = parts.status
    this.code = parts.code
    this.detail = parts.detail || parts.title || ''
    this.errors = parts.errors ?? {}
    this.requestId = parts.requestId ?? ''
    this.outcome = parts.outcome ?? ''
    this.body = parts.body ?? {}
  }

  /** A member of its own, such as `challenge`; empty if it is not there or no text. */
  word(name: string): string {
    return text(this.body[name])
  }

  /** A list of its own, such as `rules`. */
  list(name: string): string[] {
    const found = this.body[name]
    return Array.isArray(found) ? found.map(String) : []
  }

  /** An object of its own, such as `faults`; empty if it is not there. */
  record(name: string): Record<string, unknown> {
    const found = this.body[name]
    return isRecord(found) ? found : {}
  }

  /** A list of objects of its own, such as `children`. */
  records(name: string): Record<string, unknown>[] {
    const found = this.body[name]
    return Array.isArray(found) ? found.filter(isRecord) : []
  }

  /** A number of its own, such as `hidden`; 0 if it is not there. */
  count(name: string): number {
    return Number(this.body[name]) || 0
  }

  /** Seconds to wait before trying again; 0 where there is no need to. */
  get retryAfter(): number {
    const seconds = Number(this.body.retry_after)
    return Number.isFinite(seconds) ? Math.max(seconds, 0) : 0
  }

  /** The command may have been carried out: only a repeat with the same key can tell. */
  get isOutcomeUnknown(): boolean {
    return this.isConnectionLost || (this.status === 503 && this.outcome === 'unknown')
  }

  /** It may go away by itself: nothing is wrong with what was asked. */
  get isPassing(): boolean {
    return this.isConnectionLost || this.status >= 500
  }

  get isConnectionLost(): boolean {
    return this.status === 0
  }
}

export function connectionLost(cause: unknown): Problem {
  const detail = cause instanceof Error ? cause.message : String(cause)
  return new Problem({ status: 0, code: 'connection.lost', detail })
}

/** Reads a problem from an answer's body, which may also be a proxy's HTML page. */
export function problemFrom(status: number, body: unknown): Problem {
  if (!isRecord(body)) return new Problem({ status, code: `http.${status}` })
  return new Problem({
    status,
    code: text(body.code) || `http.${status}`,
    title: text(body.title),
    detail: text(body.detail),
    errors: isRecord(body.errors) ? (body.errors as FieldErrors) : {},
    requestId: text(body.request_id),
    outcome: text(body.outcome),
    body,
  })
}

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  return new Problem({ status: -1, code: 'console.bug', detail: String(error) })
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
