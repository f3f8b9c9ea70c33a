/** How tickets belong together, one function a route. */
import { api, take } from './client'
import type { components } from './schema'
import type { Ticket } from './types'

export type Relations = components['schemas']['Relations']
export type RelatedTicket = components['schemas']['RelatedTicket']
export type LinkWord = components['schemas']['NewLink']['relation']

const at = (number: string, key: string) => ({
  path: { number },
  header: { 'Idempotency-Key': key },
})

export const getRelations = (number: string): Promise<Relations> =>
  take(api.GET('/api/v1/tickets/{number}/relations', { params: { path: { number } } }))

export const linkTickets = (key: string, number: string, other: string, relation: LinkWord) =>
  take(
    api.POST('/api/v1/tickets/{number}/links', {
      params: at(number, key),
      body: { number: other, relation },
    }),
  )

export const unlinkTickets = (key: string, number: string, linkId: string) =>
  take(
    api.DELETE('/api/v1/tickets/{number}/links/{link_id}', {
      params: {
        path: { number, link_id: linkId },
        header: { 'Idempotency-Key': key },
      },
    }),
  )

export const attachChild = (key: string, number: string, child: string) =>
  take(
    api.POST('/api/v1/tickets/{number}/children', {
      params: at(number, key),
      body: { number: child },
    }),
  )

export const detachChild = (key: string, number: string, child: string) =>
  take(
    api.DELETE('/api/v1/tickets/{number}/children/{child}', {
      params: { path: { number, child }, header: { 'Idempotency-Key': key } },
    }),
  )

export const mergeTickets = (
  key: string,
  number: string,
  numbers: string[],
  isConfirmed: boolean,
): Promise<Ticket> =>
  take(
    api.POST('/api/v1/tickets/{number}/merges', {
      params: at(number, key),
      body: { numbers, is_confirmed: isConfirmed },
    }),
  )

export const unmergeTicket = (key: string, number: string): Promise<Ticket> =>
  take(api.POST('/api/v1/tickets/{number}/unmerging', { params: at(number, key), body: {} }))

export type NewChild = components['schemas']['NewChild']
export type Split = components['schemas']['Split']

/** The child is internal: whoever opens it asks, and the customer does not see it. */
export const openChild = (key: string, number: string, body: NewChild): Promise<Relations> =>
  take(api.POST('/api/v1/tickets/{number}/children', { params: at(number, key), body }))

/** Returns the new ticket. */
export const splitTicket = (key: string, number: string, body: Split): Promise<Ticket> =>
  take(api.POST('/api/v1/tickets/{number}/splits', { params: at(number, key), body }))
