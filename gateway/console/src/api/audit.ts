/** The operation log and the alerts. */
import { api, take } from './client'
import type { components, paths } from './schema'

type Schemas = components['schemas']
export type AuditEntry = Schemas['AuditEntry']
export type AuditAction = Schemas['AuditAction']
export type SealState = Schemas['SealState']
export type Alert = Schemas['Alert']
export type AuditQuery = NonNullable<paths['/api/v1/audit/entries']['get']['parameters']['query']>
export type AlertQuery = NonNullable<paths['/api/v1/alerts']['get']['parameters']['query']>

const EXPORT = '/api/v1/audit/export'

export const listAuditEntries = (query: AuditQuery) =>
  take(api.GET('/api/v1/audit/entries', { params: { query } }))

export const getAuditEntry = (entryId: string) =>
  take(api.GET('/api/v1/audit/entries/{entry_id}', { params: { path: { entry_id: entryId } } }))

export const getSealState = () => take(api.GET('/api/v1/audit/seals'))

/** Where the browser fetches the file from: it may be long, and is never held here. */
export function exportAddress(format: 'csv' | 'xlsx', query: AuditQuery): string {
  const { limit: _limit, cursor: _cursor, ...filters } = query
  const words = Object.entries({ ...filters, format }).map(([name, value]) => [name, String(value)])
  return `${EXPORT}?${new URLSearchParams(words)}`
}

export const listAlerts = (query: AlertQuery) =>
  take(api.GET('/api/v1/alerts', { params: { query } }))

export const acknowledgeAlert = (key: string, alertId: string, note: string) =>
  take(
    api.POST('/api/v1/alerts/{alert_id}/acknowledgement', {
      params: { path: { alert_id: alertId }, header: { 'Idempotency-Key': key } },
      body: { note },
    }),
  )
