import { expect, test } from 'vitest'

import { triedTicket } from '../src/components/rules/triedTicket'
import { useTrial } from '../src/composables/useTrial'

test('what came of a trial goes when the next one is refused', async () => {
  const { result, problem, attempt } = useTrial(async (number: string) => {
    if (!number) throw new Error('no such ticket')
    return `rules for ${number}`
  })
  await attempt('G1')
  expect(result.value).toBe('rules for G1')
  await attempt('')
  expect(result.value).toBeNull()
  expect(problem.value).not.toBeNull()
  await attempt('G2')
  expect([result.value, problem.value]).toEqual(['rules for G2', null])
})

test('one trial at a time', async () => {
  const asked: string[] = []
  const { isBusy, attempt } = useTrial(async (number: string) => asked.push(number))
  const first = attempt('G1')
  expect(isBusy.value).toBe(true)
  await Promise.all([first, attempt('G2')])
  expect(asked).toEqual(['G1'])
  expect(isBusy.value).toBe(false)
})

test('a ticket is tried by its number, and only when there is one', () => {
  const { kind, number, isGiven, ticket } = triedTicket('number')
  expect(isGiven.value).toBe(false)
  number.value = ' G20261122001 '
  expect(isGiven.value).toBe(true)
  expect(ticket.value).toEqual({ number: 'G20261122001' })
  kind.value = 'sample'
  expect(ticket.value).toEqual({
    sample: { kind: 'repair', urgency: 'normal', channel: 'web_form' },
  })
})
