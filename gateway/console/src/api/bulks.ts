/** Work on many tickets: ordered, watched, stopped. */
import { api, take } from './client'
import type { components, paths } from './schema'

type Schemas = components['schemas']

export type TicketBulk = Schemas['TicketBulk']
export type BulkItem = Schemas['BulkItem']
export type BulkState = BulkItem['state']
export type NewBulk =
  paths['/api/v1/ticket-bulks']['post']['requestBody']['content']['application/json']
export type BulkFilters = NonNullable<NewBulk['filters']>

const withKey = (key: string) => ({ 'Idempotency-Key': key })
const path = (bulkId: string) => ({ bulk_id: bulkId })

export const createBulk = (key: string, body: NewBulk): Promise<TicketBulk> =>
  take(api.POST('/api/v1/ticket-bulks', { params: { header: withKey(key) }, body }))

export const listBulks = (cursor: string | null = null) =>
  take(
    api.GET('/api/v1/ticket-bulks', {
      params: { query: { limit: 20, ...(cursor ? { cursor } : {}) } },
    }),
  )

export const getBulk = (bulkId: string): Promise<TicketBulk> =>
  take(api.GET('/api/v1/ticket-bulks/{bulk_id}', { params: { path: path(bulkId) } }))

export const listBulkItems = (bulkId: string, state: BulkState | '', cursor: string | null) =>
  take(
    api.GET('/api/v1/ticket-bulks/{bulk_id}/items', {
      params: {
        path: path(bulkId),
        query: { limit: 50, ...(state ? { state } : {}), ...(cursor ? { cursor } : {}) },
      },
    }),
  )

export const cancelBulk = (key: string, bulkId: string): Promise<TicketBulk> =>
  take(
    api.POST('/api/v1/ticket-bulks/{bulk_id}/cancellation', {
      params: { path: path(bulkId), header: withKey(key) },
    }),
  )
