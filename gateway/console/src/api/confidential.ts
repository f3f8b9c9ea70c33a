/** Confidential tickets: checks of who the customer is. */
import { api, take } from './client'
import type { components } from './schema'
import { getTicket } from './tickets'

type Schemas = components['schemas']

export type IdentityCheck = Schemas['IdentityCheck']
export type IdentityChecks = Schemas['IdentityChecks']
export type NewIdentityCheck = Schemas['NewIdentityCheck']

export const METHODS = ['document', 'call_back', 'known_answer', 'account', 'in_person'] as const
export const RESULTS = ['passed', 'failed'] as const

export const listIdentityChecks = (number: string) =>
  take(api.GET('/api/v1/tickets/{number}/identity-checks', { params: { path: { number } } }))

/** Answers with the ticket as it now shows. */
export async function checkIdentity(key: string, number: string, body: NewIdentityCheck) {
  const header = { 'Idempotency-Key': key }
  await take(
    api.POST('/api/v1/tickets/{number}/identity-checks', {
      params: { path: { number }, header },
      body,
    }),
  )
  return getTicket(number)
}
