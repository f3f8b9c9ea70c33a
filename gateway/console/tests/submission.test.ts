import { describe, expect, test } from 'vitest'

import { connectionLost, Problem } from '../src/api/problem'
import { type PendingKey, Submission } from '../src/api/submission'

const unknown = () => new Problem({ status: 503, code: 'command.timeout', outcome: 'unknown' })
const refused = () => new Problem({ status: 409, code: 'ticket.closed' })

/** A gateway that answers in a given order and remembers with which keys it was asked. */
function gateway(...answers: (Error | string)[]) {
  const keys: string[] = []
  const request = async (key: string) => {
    keys.push(key)
    const answer = answers.shift()!
    if (answer instanceof Error) throw answer
    return answer
  }
  return { keys, request }
}

const pause = async () => {}

describe('a submission', () => {
  test('is repeated with the same key while its outcome is unknown', async () => {
    const { keys, request } = gateway(unknown(), connectionLost('gone'), 'done')
    expect(await new Submission({ pause }).send({ text: 'a' }, request)).toBe('done')
    expect(keys).toHaveLength(3)
    expect(new Set(keys).size).toBe(1)
  })

  test('is not repeated once it was refused', async () => {
    const { keys, request } = gateway(refused())
    await expect(new Submission({ pause }).send('a', request)).rejects.toThrow()
    expect(keys).toHaveLength(1)
  })

  test('keeps its key for the same content after giving up', async () => {
    const { keys, request } = gateway(unknown(), unknown(), unknown(), unknown(), 'done')
    const submission = new Submission({ pause })
    await expect(submission.send('a', request)).rejects.toThrow()
    await submission.send('a', request)
    expect(new Set(keys).size).toBe(1)
  })

  test('has another key for other content, and after success', async () => {
    const { keys, request } = gateway(unknown(), unknown(), unknown(), unknown(), 'b', 'b again')
    const submission = new Submission({ pause })
    await expect(submission.send('a', request)).rejects.toThrow()
    await submission.send('b', request)
    await submission.send('b', request)
    expect(new Set(keys).size).toBe(3)
  })

  test('goes on with the key of an earlier visit', async () => {
    let kept: PendingKey | null = null
    const first = gateway(unknown(), unknown(), unknown(), unknown())
    const keep = (pending: PendingKey | null) => (kept = pending)
    await expect(new Submission({ pause, keep }).send('a', first.request)).rejects.toThrow()

    const second = gateway('done')
    await new Submission({ pause, keep, pending: kept }).send('a', second.request)
    expect(second.keys[0]).toBe(first.keys[0])
    expect(kept).toBeNull()
  })

  test('says when it repeats', async () => {
    let repeats = 0
    const { request } = gateway(unknown(), 'done')
    await new Submission({ pause, onRepeat: () => (repeats += 1) }).send('a', request)
    expect(repeats).toBe(1)
  })
})
