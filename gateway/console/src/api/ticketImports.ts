/** Tickets from spreadsheets. */
import { api, CLIENT_HEADERS, noteAnswer, take } from './client'
import { connectionLost, problemFrom } from './problem'
import type { components } from './schema'

type Schemas = components['schemas']
export type TicketImport = Schemas['TicketImport']
export type TicketImportRow = Schemas['TicketImportRow']
export type ImportRowState = TicketImportRow['state']

const withKey = (key: string) => ({ 'Idempotency-Key': key })
const of = (one: TicketImport) => ({ import_id: one.import_id })

export const listTicketImports = (cursor: string | null) =>
  take(
    api.GET('/api/v1/ticket-imports', {
      params: { query: { limit: 20, ...(cursor ? { cursor } : {}) } },
    }),
  )

export const listImportRows = (
  one: TicketImport,
  state: ImportRowState | '',
  cursor: string | null,
) =>
  take(
    api.GET('/api/v1/ticket-imports/{import_id}/rows', {
      params: {
        path: of(one),
        query: { limit: 50, ...(state ? { state } : {}), ...(cursor ? { cursor } : {}) },
      },
    }),
  )

export const startTicketImport = (key: string, one: TicketImport, skipErrors: boolean) =>
  take(
    api.POST('/api/v1/ticket-imports/{import_id}/start', {
      params: { path: of(one), header: withKey(key) },
      body: { skip_errors: skipErrors },
    }),
  )

export const cancelTicketImport = (key: string, one: TicketImport) =>
  take(
    api.POST('/api/v1/ticket-imports/{import_id}/cancel', {
      params: { path: of(one), header: withKey(key) },
    }),
  )

export const removeTicketImport = (key: string, one: TicketImport) =>
  take(
    api.DELETE('/api/v1/ticket-imports/{import_id}', {
      params: { path: of(one), header: withKey(key) },
    }),
  )

export const importTemplateAddress = (language: 'zh' | 'en') =>
  `/api/v1/ticket-imports/template?language=${language}`

/** Past the typed client, which knows no forms. */
export async function uploadTickets(key: string, file: File): Promise<TicketImport> {
  const form = new FormData()
  form.append('file', file, file.name)
  const options: RequestInit = {
    method: 'POST',
    headers: { ...CLIENT_HEADERS, ...withKey(key) },
    body: form,
    credentials: 'same-origin',
  }
  const answer = await fetch('/api/v1/ticket-imports', options).catch(() => null)
  if (!answer) throw connectionLost('upload')
  noteAnswer(answer.status)
  const body: unknown = await answer.json().catch(() => null)
  if (!answer.ok) throw problemFrom(answer.status, body)
  return body as TicketImport
}
