/** Companies of customers, and all that is known of the customer beside a ticket. */
import { api, take } from './client'
import type { components, paths } from './schema'

export type Company = components['schemas']['Company']
export type TicketCustomer = components['schemas']['TicketCustomer']
export type EarlierTicket = components['schemas']['EarlierTicket']
export type ExternalRecord = components['schemas']['ExternalRecord']

type NewCompany = paths['/api/v1/companies']['post']['requestBody']['content']['application/json']

export const getTicketCustomer = (number: string) =>
  take(api.GET('/api/v1/tickets/{number}/customer', { params: { path: { number } } }))

export const findCompanies = (q: string) =>
  take(api.GET('/api/v1/companies', { params: { query: { q: q || undefined, limit: 20 } } }))

export const getCompany = (companyId: string) =>
  take(api.GET('/api/v1/companies/{company_id}', { params: { path: { company_id: companyId } } }))

export const createCompany = (key: string, body: NewCompany) =>
  take(api.POST('/api/v1/companies', { params: { header: { 'Idempotency-Key': key } }, body }))
