/** Requesters' own tickets: the same for employees in the console and customers in the portal. */
import { type Api, portalApi, take } from './client'
import type { components, paths } from './schema'
import { uploadRequestFile } from './uploads'

type Schemas = components['schemas']

export type RequestRow = Schemas['RequestRow']
export type RequestView = Schemas['RequestView']
export type RequestEntry = Schemas['RequestEntry']
export type RequestForm = Schemas['RequestForm']
export type RequestAnswers = Schemas['RequestAnswers']
export type PortalSession = Schemas['PortalSessionView']
export type NewRequest =
  paths['/api/v1/requests']['post']['requestBody']['content']['application/json']

export type NewMessage =
  paths['/api/v1/requests/{number}/messages']['post']['requestBody']['content']['application/json']

const withKey = (key: string) => ({ 'Idempotency-Key': key })

export function requestsOf(api: Api) {
  const isPortal = api === portalApi
  return {
    /** What conditions of forms know it as. */
    channel: isPortal ? 'portal' : 'internal',
    list: (cursor?: string) =>
      take(api.GET('/api/v1/requests', { params: { query: { limit: 25, cursor } } })),
    get: (number: string) =>
      take(api.GET('/api/v1/requests/{number}', { params: { path: { number } } })),
    forms: () => take(api.GET('/api/v1/requests/forms', {})),
    create: (key: string, body: NewRequest) =>
      take(api.POST('/api/v1/requests', { params: { header: withKey(key) }, body })),
    write: (key: string, number: string, body: NewMessage) =>
      take(
        api.POST('/api/v1/requests/{number}/messages', {
          params: { path: { number }, header: withKey(key) },
          body,
        }),
      ),
    /** 催单: asks how it goes. */
    urge: (key: string, number: string, note: string): Promise<RequestView> =>
      take(
        api.POST('/api/v1/requests/{number}/urges', {
          params: { path: { number }, header: withKey(key) },
          body: note ? { note } : {},
        }),
      ),
    withdraw: (key: string, number: string, reason: string): Promise<RequestView> =>
      take(
        api.POST('/api/v1/requests/{number}/withdrawal', {
          params: { path: { number }, header: withKey(key) },
          body: reason ? { reason } : {},
        }),
      ),
    /** Whether it is solved, in the requester's own words. */
    confirm: (
      key: string,
      number: string,
      isSolved: boolean,
      words: string,
    ): Promise<RequestView> =>
      take(
        api.POST('/api/v1/requests/{number}/confirmation', {
          params: { path: { number }, header: withKey(key) },
          body: { is_solved: isSolved, ...(words ? { words } : {}) },
        }),
      ),
    upload: uploadRequestFile(isPortal),
  }
}

export type Requests = ReturnType<typeof requestsOf>

export const requestFile = (attachmentId: string) =>
  `/api/v1/requests/attachments/${encodeURIComponent(attachmentId)}`

export const sendCode = (contact: string, number: string, language: 'zh' | 'en') =>
  take(
    portalApi.POST('/api/v1/portal/codes', {
      body: { contact, number: number || undefined, language },
    }),
  )

export const enterPortal = (challenge: string, code: string) =>
  take(portalApi.POST('/api/v1/portal/sessions', { body: { challenge, code, kind: 'cookie' } }))

export const getPortalSession = () => take(portalApi.GET('/api/v1/portal/session'))
export const leavePortal = () => take(portalApi.DELETE('/api/v1/portal/session'))
