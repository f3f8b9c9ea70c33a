/** One connection to the gateway's live updates: goes on where it broke off, tries again ever slower. */

export interface LiveUpdate {
  /** E.g. `ticket.replied`, `clock.changed`, `offer.opened`, `notice.raised`. */
  type: string
  ticket_id?: string | null
  number?: string | null
  [more: string]: unknown
}

export interface LiveListener {
  /** Whether updates come now. */
  state(isUp: boolean): void
  update(update: LiveUpdate): void
  /** More was missed than can be told: everything may have changed. */
  missed(): void
}

/** The part of the browser's EventSource that is used here. */
export interface EventStream {
  readonly readyState: number
  addEventListener(type: string, listener: (event: MessageEvent) => void): void
  close(): void
}

const PATH = '/api/v1/live'
const CLOSED = 2
const SOON_MS = 1_000
const SLOWEST_MS = 30_000

export class LiveSource {
  /** The id of the last event, where a new connection goes on. */
  position = ''
  private stream: EventStream | null = null
  private timer: ReturnType<typeof setTimeout> | undefined
  private pause = SOON_MS

  constructor(
    private readonly listener: LiveListener,
    private readonly connect: (url: string) => EventStream = (url) => new EventSource(url),
  ) {}

  open(): void {
    this.close()
    const stream = this.connect(this.position ? `${PATH}?after=${this.position}` : PATH)
    this.stream = stream
    stream.addEventListener('ready', (event) => {
      // What happened between the page's own first look and the stream's beginning.
      const isAnew = !this.position
      this.begin(event)
      if (isAnew) this.listener.missed()
    })
    stream.addEventListener('reset', (event) => {
      this.begin(event)
      this.listener.missed()
    })
    stream.addEventListener('message', (event) => {
      this.note(event)
      this.listener.update(JSON.parse(event.data) as LiveUpdate)
    })
    stream.addEventListener('end', () => this.tryAgain())
    stream.addEventListener('error', () => {
      // A browser that still tries by itself sends the position along.
      if (stream.readyState === CLOSED) this.tryAgain()
      else this.listener.state(false)
    })
  }

  close(): void {
    clearTimeout(this.timer)
    this.stream?.close()
    this.stream = null
  }

  private begin(event: MessageEvent): void {
    this.note(event)
    this.pause = SOON_MS
    this.listener.state(true)
  }

  private note(event: MessageEvent): void {
    if (event.lastEventId) this.position = event.lastEventId
  }

  private tryAgain(): void {
    this.close()
    this.listener.state(false)
    // Consoles that lost the same gateway do not come back together.
    this.timer = setTimeout(() => this.open(), this.pause * (0.75 + Math.random() / 2))
    this.pause = Math.min(this.pause * 2, SLOWEST_MS)
  }
}
