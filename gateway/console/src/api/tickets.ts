/** The tickets' part of the REST interface, one function a route. */
import { api, take } from './client'
import type { paths } from './schema'
import type { Entry, Ticket } from './types'

export type TicketQuery = NonNullable<paths['/api/v1/tickets']['get']['parameters']['query']>
export type TicketChange =
  paths['/api/v1/tickets/{number}']['patch']['requestBody']['content']['application/json']
export type NewTicket =
  paths['/api/v1/tickets']['post']['requestBody']['content']['application/json']

const path = (number: string) => ({ number })
const withKey = (key: string) => ({ 'Idempotency-Key': key })

export const listTickets = (query: TicketQuery) =>
  take(api.GET('/api/v1/tickets', { params: { query } }))

export const countTickets = () => take(api.GET('/api/v1/ticket-counts'))

export const getTicket = (number: string) =>
  take(api.GET('/api/v1/tickets/{number}', { params: { path: path(number) } }))

export const getTimeline = (number: string, cursor: string) =>
  take(
    api.GET('/api/v1/tickets/{number}/timeline', {
      params: { path: path(number), query: { cursor } },
    }),
  )

export const createTicket = (key: string, body: NewTicket): Promise<Ticket> =>
  take(api.POST('/api/v1/tickets', { params: { header: withKey(key) }, body }))

export const changeTicket = (key: string, number: string, version: number, body: TicketChange) =>
  take(
    api.PATCH('/api/v1/tickets/{number}', {
      params: { path: path(number), header: { ...withKey(key), 'If-Match': `"${version}"` } },
      body,
    }),
  )

export const assignTicket = (key: string, number: string, assigneeId: string, note = '') =>
  take(
    api.PUT('/api/v1/tickets/{number}/assignee', {
      params: { path: path(number), header: withKey(key) },
      body: { assignee_id: assigneeId, ...(note ? { note } : {}) },
    }),
  )

/** To a colleague, to one of a group, or to a department. */
export const transferTicket = (
  key: string,
  number: string,
  kind: 'person' | 'group' | 'department',
  id: string,
  note = '',
): Promise<Ticket> =>
  take(
    api.POST('/api/v1/tickets/{number}/transfers', {
      params: { path: path(number), header: withKey(key) },
      body: { [`${kind}_id`]: id, ...(note ? { note } : {}) },
    }),
  )

export const acceptTicket = (key: string, number: string) =>
  take(
    api.POST('/api/v1/tickets/{number}/acceptance', {
      params: { path: path(number), header: withKey(key) },
    }),
  )

export interface Writing {
  text: string
  attachment_ids: string[]
  /** Colleagues whom a note is meant for. */
  mentions?: string[]
  status?: string
}

export const replyToTicket = (key: string, number: string, body: Writing): Promise<Entry> =>
  take(
    api.POST('/api/v1/tickets/{number}/replies', {
      params: { path: path(number), header: withKey(key) },
      body,
    }),
  )

export const noteOnTicket = (key: string, number: string, body: Writing): Promise<Entry> =>
  take(
    api.POST('/api/v1/tickets/{number}/notes', {
      params: { path: path(number), header: withKey(key) },
      body: {
        text: body.text,
        attachment_ids: body.attachment_ids,
        mentions: body.mentions ?? [],
      },
    }),
  )

/** Values of the ticket's form that are said with a step. */
type Said = Record<string, unknown>
const fieldsOf = (said: Said) => (Object.keys(said).length ? { fields: said } : {})

export const moveTicket = (
  key: string,
  number: string,
  status: string,
  reason = '',
  said: Said = {},
  closing: {
    close_kind?: NonNullable<Ticket['close_kind']>
    duplicate_of?: string
    with_children?: boolean
  } = {},
): Promise<Ticket> =>
  take(
    api.PUT('/api/v1/tickets/{number}/status', {
      params: { path: path(number), header: withKey(key) },
      body: { status, ...(reason ? { reason } : {}), ...fieldsOf(said), ...closing },
    }),
  )

export const solveTicket = (
  key: string,
  number: string,
  text: string,
  notifyCustomer: boolean,
  said: Said = {},
) =>
  take(
    api.POST('/api/v1/tickets/{number}/solution', {
      params: { path: path(number), header: withKey(key) },
      body: { text, notify_customer: notifyCustomer, ...fieldsOf(said) },
    }),
  )

export const reopenTicket = (key: string, number: string, reason: string) =>
  take(
    api.POST('/api/v1/tickets/{number}/reopening', {
      params: { path: path(number), header: withKey(key) },
      body: { reason },
    }),
  )

export type ReturnTarget = 'group' | 'previous' | 'pool'

/** Back to its group, to whom it came from, or into the common pool. */
export const returnTicket = (
  key: string,
  number: string,
  reason: string,
  to: ReturnTarget,
): Promise<Ticket> =>
  take(
    api.POST('/api/v1/tickets/{number}/returns', {
      params: { path: path(number), header: withKey(key) },
      body: { reason, to },
    }),
  )

export type Satisfaction =
  paths['/api/v1/tickets/{number}/satisfaction']['post']['requestBody']['content']['application/json']

/** What the customer said of the solution, written down by who heard it. */
export const judgeTicket = (key: string, number: string, body: Satisfaction): Promise<Ticket> =>
  take(
    api.POST('/api/v1/tickets/{number}/satisfaction', {
      params: { path: path(number), header: withKey(key) },
      body,
    }),
  )

/** Where the browser fetches a list as a file: it may be long, and is never held here. */
export function ticketFileAddress(format: 'csv' | 'xlsx', query: TicketQuery): string {
  const { limit: _limit, cursor: _cursor, sort: _sort, ...filters } = query
  const words = Object.entries({ ...filters, format }).map(([name, value]) => [name, String(value)])
  return `/api/v1/ticket-export?${new URLSearchParams(words)}`
}
