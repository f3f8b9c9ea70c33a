/** People, customers, notices and the session: the rest of the REST interface. */
import { api, take } from './client'
import type { paths } from './schema'
import type { Customer } from './types'

export type NewCustomer =
  paths['/api/v1/customers']['post']['requestBody']['content']['application/json']

export type CustomerChanges =
  paths['/api/v1/customers/{customer_id}']['patch']['requestBody']['content']['application/json']

export const getSession = () => take(api.GET('/api/v1/session'))
export const closeSession = () => take(api.DELETE('/api/v1/session'))

export const findPeople = (q: string) =>
  take(api.GET('/api/v1/people', { params: { query: { q: q || undefined, limit: 20 } } }))

export const listStatuses = () => take(api.GET('/api/v1/statuses'))

export const findCustomers = (query: { email?: string; phone?: string; q?: string }) =>
  take(api.GET('/api/v1/customers', { params: { query } }))

export const saveCustomer = (key: string, body: NewCustomer): Promise<Customer> =>
  take(api.POST('/api/v1/customers', { params: { header: { 'Idempotency-Key': key } }, body }))

/** A customer's addresses in full; the gateway records who asked. */
export const revealContacts = (customerId: string) =>
  take(
    api.POST('/api/v1/customers/{customer_id}/contacts/reveal', {
      params: { path: { customer_id: customerId } },
      body: {},
    }),
  )

export const editCustomer = (key: string, customer: Customer, body: CustomerChanges) =>
  take(
    api.PATCH('/api/v1/customers/{customer_id}', {
      params: {
        path: { customer_id: customer.customer_id },
        header: { 'Idempotency-Key': key, 'If-Match': `"${customer.version}"` },
      },
      body,
    }),
  )

export const listRegions = () => take(api.GET('/api/v1/regions'))

export const listNotices = (limit: number) =>
  take(api.GET('/api/v1/notices', { params: { query: { limit } } }))

export const readNotice = (noticeId: string) =>
  take(api.PUT('/api/v1/notices/{notice_id}/read', { params: { path: { notice_id: noticeId } } }))

export const readAllNotices = () => take(api.PUT('/api/v1/notices/read'))
