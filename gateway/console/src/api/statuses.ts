/** Statuses as whoever manages them sees and changes them. */
import { api, take } from './client'
import type { components } from './schema'
import type { Status } from './types'

type Schemas = components['schemas']

export type StatusWithUsage = Schemas['StatusWithUsage']
export type NewStatus = Schemas['NewStatus']
export type StatusChanges = Schemas['StatusChanges']
export type StatusColor = NonNullable<Status['color']>
export type Base = NewStatus['base']

const withKey = (key: string) => ({ 'Idempotency-Key': key })

export const getStatus = (key: string): Promise<StatusWithUsage> =>
  take(api.GET('/api/v1/statuses/{key}', { params: { path: { key } } }))

export const createStatus = (command: string, body: NewStatus): Promise<StatusWithUsage> =>
  take(api.POST('/api/v1/statuses', { params: { header: withKey(command) }, body }))

export function editStatus(
  command: string,
  status: Status,
  body: StatusChanges,
): Promise<StatusWithUsage> {
  const header = { ...withKey(command), 'If-Match': `"${status.version}"` }
  const params = { path: { key: status.key }, header }
  return take(api.PATCH('/api/v1/statuses/{key}', { params, body }))
}

export const orderStatuses = (command: string, keys: string[]) =>
  take(api.PUT('/api/v1/statuses/order', { params: { header: withKey(command) }, body: { keys } }))
