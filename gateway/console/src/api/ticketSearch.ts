/** Search over everything that tickets say. */
import { api, take } from './client'
import type { components, paths } from './schema'

type Schemas = components['schemas']

export type FoundTicket = Schemas['FoundTicket']
export type FoundTicketPage = Schemas['FoundTicketPage']
export type Segment = Schemas['Segment']
export type Snippet = Schemas['Snippet']
export type TicketSearchQuery = paths['/api/v1/ticket-search']['get']['parameters']['query']

export const searchTickets = (query: TicketSearchQuery) =>
  take(api.GET('/api/v1/ticket-search', { params: { query } }))
