import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { gather } from '../src/composables/gather'
import { type EventStream, LiveSource, type LiveUpdate } from '../src/live/source'

class FakeStream implements EventStream {
  readyState = 1
  isClosed = false
  private listeners = new Map<string, (event: MessageEvent) => void>()

  constructor(readonly url: string) {}

  addEventListener(type: string, listener: (event: MessageEvent) => void): void {
    this.listeners.set(type, listener)
  }

  close(): void {
    this.isClosed = true
    this.readyState = 2
  }

  say(type: string, data: unknown = {}, lastEventId = ''): void {
    this.listeners.get(type)?.({ data: JSON.stringify(data), lastEventId } as MessageEvent)
  }
}

function listening() {
  const streams: FakeStream[] = []
  const heard: (LiveUpdate | boolean | 'missed')[] = []
  const source = new LiveSource(
    {
      state: (isUp) => heard.push(isUp),
      update: (update) => heard.push(update),
      missed: () => heard.push('missed'),
    },
    (url) => {
      const stream = new FakeStream(url)
      streams.push(stream)
      return stream
    },
  )
  source.open()
  return { source, streams, heard, last: () => streams.at(-1)! }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('a source tells when it is up and what happens', () => {
  const { last, heard } = listening()
  last().say('ready', {}, '7')
  last().say('message', { type: 'ticket.replied', number: 'G1' }, '8')
  // Whoever looked before the stream began looks again.
  expect(heard).toEqual([true, 'missed', { type: 'ticket.replied', number: 'G1' }])
})

test('a connection that was refused is tried again where it broke off, ever slower', () => {
  const { last, streams, heard } = listening()
  last().say('ready', {}, '7')
  last().say('message', { type: 'ticket.replied' }, '9')
  last().close()
  last().say('error')
  expect(heard.at(-1)).toBe(false)
  vi.advanceTimersByTime(1_300)
  expect(last().url).toBe('/api/v1/live?after=9')
  last().say('ready', {}, '9')
  expect(heard.at(-1)).toBe(true)
  last().close()
  last().say('error')
  vi.advanceTimersByTime(1_300)
  for (let round = 0; round < 10; round += 1) {
    last().close()
    last().say('error')
    vi.advanceTimersByTime(40_000)
  }
  expect(streams.length).toBe(13)
})

test('a browser that tries by itself is left alone', () => {
  const { last, streams, heard } = listening()
  last().say('ready', {}, '7')
  last().readyState = 0
  last().say('error')
  vi.advanceTimersByTime(60_000)
  expect(streams.length).toBe(1)
  expect(heard.at(-1)).toBe(false)
  last().say('ready', {}, '9')
  expect(heard.at(-1)).toBe(true)
})

test('the last word of the gateway is no end for good', () => {
  const { last, streams } = listening()
  last().say('ready', {}, '7')
  last().say('end', { reason: 'stopping' }, '7')
  expect(last().isClosed).toBe(true)
  vi.advanceTimersByTime(1_300)
  expect(streams.length).toBe(2)
})

test('whoever has missed too much hears so', () => {
  const { last, heard } = listening()
  last().say('reset', {}, '70')
  expect(heard).toEqual([true, 'missed'])
})

test('a closed source tries nothing more', () => {
  const { source, last, streams } = listening()
  last().close()
  last().say('error')
  source.close()
  vi.advanceTimersByTime(60_000)
  expect(streams.length).toBe(1)
})

test('wishes within a moment are one', () => {
  const grant = vi.fn()
  const gathered = gather(grant)
  for (let round = 0; round < 20; round += 1) gathered.ask()
  vi.advanceTimersByTime(500)
  expect(grant).toHaveBeenCalledTimes(1)
})

test('a stream of wishes is granted once a second', () => {
  const grant = vi.fn()
  const gathered = gather(grant)
  for (let round = 0; round < 100; round += 1) {
    gathered.ask()
    vi.advanceTimersByTime(100)
  }
  expect(grant.mock.calls.length).toBeGreaterThan(7)
  expect(grant.mock.calls.length).toBeLessThan(12)
})

test('a wish that was taken back is not granted', () => {
  const grant = vi.fn()
  const gathered = gather(grant)
  gathered.ask()
  gathered.cancel()
  vi.advanceTimersByTime(5_000)
  expect(grant).not.toHaveBeenCalled()
})
