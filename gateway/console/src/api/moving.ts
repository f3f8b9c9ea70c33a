/** What happens to tickets beside the work on them: followed, urged, supervised, deleted. */
import { api, take } from './client'
import type { components, paths } from './schema'
import type { Ticket } from './types'

type Schemas = components['schemas']
type Body<Path extends keyof paths> = paths[Path] extends {
  post: { requestBody: { content: { 'application/json': infer Content } } }
}
  ? Content
  : never

export type CopyView = Schemas['CopyView']
export type CopyKind = CopyView['kind']
export type CopyChanges = Body<'/api/v1/tickets/{number}/cc'>
export type NewSupervision = Body<'/api/v1/tickets/{number}/supervision'>
export type CloseKind = NonNullable<Ticket['close_kind']>
export type TicketSettings = Schemas['TicketSettings']
export type TicketSettingsChanges = Schemas['TicketSettingsChanges']
export type TicketDemands = Schemas['TicketDemands']

export const CLOSE_KINDS = ['normal', 'duplicate', 'invalid', 'withdrawn'] as const
export const COPY_KINDS = ['person', 'group', 'department'] as const
export const REMARK_LIMIT = 500

const told = (key: string, number: string) => ({
  path: { number },
  header: { 'Idempotency-Key': key },
})

export const changeCopies = (key: string, number: string, body: CopyChanges): Promise<Ticket> =>
  take(api.POST('/api/v1/tickets/{number}/cc', { params: told(key, number), body }))

/** The customer has asked how it goes, e.g. by phone. */
export const urgeTicket = (key: string, number: string, note: string): Promise<Ticket> =>
  take(
    api.POST('/api/v1/tickets/{number}/urges', {
      params: told(key, number),
      body: note ? { note } : {},
    }),
  )

export const superviseTicket = (
  key: string,
  number: string,
  body: NewSupervision,
): Promise<Ticket> =>
  take(api.POST('/api/v1/tickets/{number}/supervision', { params: told(key, number), body }))

export const signOffTicket = (key: string, number: string, words: string): Promise<Ticket> =>
  take(
    api.POST('/api/v1/tickets/{number}/supervision/sign-off', {
      params: told(key, number),
      body: { words },
    }),
  )

export const cancelSupervision = (key: string, number: string, reason: string): Promise<Ticket> =>
  take(
    api.POST('/api/v1/tickets/{number}/supervision/cancellation', {
      params: told(key, number),
      body: { reason },
    }),
  )

export const deleteTicket = (
  key: string,
  number: string,
  version: number,
  reason: string,
): Promise<Ticket> =>
  take(
    api.POST('/api/v1/tickets/{number}/deletion', {
      params: {
        path: { number },
        header: { 'Idempotency-Key': key, 'If-Match': `"${version}"` },
      },
      body: { reason },
    }),
  )

export const restoreTicket = (key: string, number: string): Promise<Ticket> =>
  take(api.POST('/api/v1/tickets/{number}/restoration', { params: told(key, number) }))

/** For good; the number is said once more. */
export const purgeTicket = (key: string, number: string, confirmation: string) =>
  take(
    api.POST('/api/v1/tickets/{number}/purge', {
      params: told(key, number),
      body: { confirmation },
    }),
  )

/** What the settings want of everybody who works on tickets. */
export const getTicketDemands = (): Promise<TicketDemands> =>
  take(api.GET('/api/v1/ticket-settings/demands'))

export const getTicketSettings = (): Promise<TicketSettings> =>
  take(api.GET('/api/v1/ticket-settings'))

export const changeTicketSettings = (
  key: string,
  version: number,
  body: TicketSettingsChanges,
): Promise<TicketSettings> =>
  take(
    api.PATCH('/api/v1/ticket-settings', {
      params: { header: { 'Idempotency-Key': key, 'If-Match': `"${version}"` } },
      body,
    }),
  )
