/** What operators do: events and messages that could not be handled. */
import { api, take } from './client'
import type { components } from './schema'
import type { Failure } from './types'

export type ServiceState = components['schemas']['ServiceState']
export type ProcessState = components['schemas']['ProcessState']
export type QueueState = components['schemas']['QueueState']

export const SERVICES = [
  'intake',
  'ticketing',
  'notify',
  'dispatch',
  'sla',
  'kb',
  'reporting',
] as const
export type Service = (typeof SERVICES)[number]

/** How many of each are looked at; whoever has more has other worries. */
export const SHOWN = 100

const withKey = (key: string) => ({ 'Idempotency-Key': key })
const failure = (service: Service, { failure_id }: Failure) => ({ service, failure_id })

export const getOperation = () => take(api.GET('/api/v1/operation'))

export const listFailures = (service: Service) =>
  take(
    api.GET('/api/v1/failures/{service}', {
      params: { path: { service }, query: { limit: SHOWN } },
    }),
  )

export const replayFailure = (key: string, service: Service, row: Failure) =>
  take(
    api.POST('/api/v1/failures/{service}/{failure_id}/replay', {
      params: { path: failure(service, row), header: withKey(key) },
    }),
  )

export const discardFailure = (key: string, service: Service, row: Failure) =>
  take(
    api.DELETE('/api/v1/failures/{service}/{failure_id}', {
      params: { path: failure(service, row), header: withKey(key) },
    }),
  )

export const listFailedReceipts = () =>
  take(api.GET('/api/v1/receipts', { params: { query: { state: 'failed', limit: SHOWN } } }))

export const refileReceipt = (key: string, receiptId: string) =>
  take(
    api.POST('/api/v1/receipts/{receipt_id}/refiling', {
      params: { path: { receipt_id: receiptId }, header: withKey(key) },
    }),
  )
