/** Working together on a ticket: collaborations, documents from customers, effort, drafts. */
import { api, CLIENT_HEADERS, portalApi, PORTAL_HEADERS, take } from './client'
import type { components } from './schema'
import { type SendFile, sendTo } from './uploads'

type Schemas = components['schemas']

export type Collaboration = Schemas['Collaboration']
export type CollaborationRow = Schemas['CollaborationRow']
export type CollaborationState = Collaboration['state']
export type NewCollaboration = Schemas['NewCollaboration']
export type NewPart = Schemas['NewPart']
export type TargetKind = NewPart['target_kind']
export type TargetName = Schemas['TargetName']
export type CollaborationCounts = Schemas['CollaborationCounts']
export type Effort = Schemas['Effort']
export type EffortPage = Schemas['EffortPage']
export type NewEffort = Schemas['NewEffort']
export type UploadRequest = Schemas['UploadRequest']
export type NewUploadRequest = Schemas['NewUploadRequest']
export type UploadPage = Schemas['UploadPage']
export type UploadKind = UploadPage['kinds'][number]
export type PresentPerson = Schemas['PresentPerson']
export type DraftChange = Schemas['DraftChange']

export const UPLOAD_KINDS = ['image', 'pdf', 'document', 'spreadsheet', 'video'] as const
export const PARTS_LIMIT = 10
export const NOTE_LIMIT = 2000

const keyed = (key: string) => ({ 'Idempotency-Key': key })

export const listTargets = () => take(api.GET('/api/v1/collaboration-targets'))

export const listTicketCollaborations = (number: string) =>
  take(api.GET('/api/v1/tickets/{number}/collaborations', { params: { path: { number } } }))

export const startCollaboration = (key: string, number: string, body: NewCollaboration) =>
  take(
    api.POST('/api/v1/tickets/{number}/collaborations', {
      params: { path: { number }, header: keyed(key) },
      body,
    }),
  )

const ofTicket = (key: string, number: string, part: Collaboration) => ({
  path: { number, collaboration_id: part.collaboration_id },
  header: keyed(key),
})

export const acceptCollaboration = (key: string, number: string, part: Collaboration) =>
  take(
    api.POST('/api/v1/tickets/{number}/collaborations/{collaboration_id}/acceptance', {
      params: ofTicket(key, number, part),
    }),
  )

export const askAgain = (
  key: string,
  number: string,
  part: Collaboration,
  body: Schemas['CollaborationRound'],
) =>
  take(
    api.POST('/api/v1/tickets/{number}/collaborations/{collaboration_id}/rounds', {
      params: ofTicket(key, number, part),
      body,
    }),
  )

export const cancelCollaboration = (
  key: string,
  number: string,
  part: Collaboration,
  reason: string,
) =>
  take(
    api.POST('/api/v1/tickets/{number}/collaborations/{collaboration_id}/cancellation', {
      params: ofTicket(key, number, part),
      body: reason ? { reason } : {},
    }),
  )

export const rateCollaboration = (
  key: string,
  number: string,
  part: Collaboration,
  body: Schemas['CollaborationRating'],
) =>
  take(
    api.PUT('/api/v1/tickets/{number}/collaborations/{collaboration_id}/rating', {
      params: ofTicket(key, number, part),
      body,
    }),
  )

const byHelper = (key: string, part: Collaboration) => ({
  path: { collaboration_id: part.collaboration_id },
  header: keyed(key),
})

export const takeCollaboration = (key: string, part: Collaboration) =>
  take(api.PUT('/api/v1/collaborations/{collaboration_id}/taker', { params: byHelper(key, part) }))

export const answerCollaboration = (
  key: string,
  part: Collaboration,
  body: Schemas['CollaborationAnswer'],
) =>
  take(
    api.POST('/api/v1/collaborations/{collaboration_id}/answer', {
      params: byHelper(key, part),
      body,
    }),
  )

export const declineCollaboration = (key: string, part: Collaboration, reason: string) =>
  take(
    api.POST('/api/v1/collaborations/{collaboration_id}/refusal', {
      params: byHelper(key, part),
      body: { reason },
    }),
  )

export interface CollaborationQuery {
  side: 'for_me' | 'by_me'
  states: CollaborationState[]
  cursor: string | null
}

export const listCollaborations = ({ side, states, cursor }: CollaborationQuery) =>
  take(
    api.GET('/api/v1/collaborations', {
      params: {
        query: {
          side,
          ...(states.length ? { state: states.join(',') as never } : {}),
          ...(cursor ? { cursor } : {}),
        },
      },
    }),
  )

export const countCollaborations = () => take(api.GET('/api/v1/collaboration-counts'))

export const listEfforts = (number: string, cursor?: string | null) =>
  take(
    api.GET('/api/v1/tickets/{number}/efforts', {
      params: { path: { number }, query: cursor ? { cursor } : {} },
    }),
  )

export const logEffort = (key: string, number: string, body: NewEffort) =>
  take(
    api.POST('/api/v1/tickets/{number}/efforts', {
      params: { path: { number }, header: keyed(key) },
      body,
    }),
  )

export const editEffort = (key: string, number: string, effortId: string, body: NewEffort) =>
  take(
    api.PUT('/api/v1/tickets/{number}/efforts/{effort_id}', {
      params: { path: { number, effort_id: effortId }, header: keyed(key) },
      body,
    }),
  )

export const removeEffort = (key: string, number: string, effortId: string) =>
  take(
    api.DELETE('/api/v1/tickets/{number}/efforts/{effort_id}', {
      params: { path: { number, effort_id: effortId }, header: keyed(key) },
    }),
  )

export const listUploadRequests = (number: string) =>
  take(api.GET('/api/v1/tickets/{number}/upload-requests', { params: { path: { number } } }))

export const requestUpload = (key: string, number: string, body: NewUploadRequest) =>
  take(
    api.POST('/api/v1/tickets/{number}/upload-requests', {
      params: { path: { number }, header: keyed(key) },
      body,
    }),
  )

export const revokeUploadRequest = (key: string, number: string, requestId: string) =>
  take(
    api.DELETE('/api/v1/tickets/{number}/upload-requests/{upload_request_id}', {
      params: { path: { number, upload_request_id: requestId }, header: keyed(key) },
    }),
  )

/** For whoever has the link: no session of a colleague's has anything to do with it. */
export const openUploadPage = (token: string): Promise<UploadPage> =>
  take(portalApi.GET('/api/v1/upload-requests/{token}', { params: { path: { token } } }))

export const submitUploads = (
  key: string,
  token: string,
  body: Schemas['UploadSubmission'],
): Promise<UploadPage> =>
  take(
    portalApi.POST('/api/v1/upload-requests/{token}/submission', {
      params: { path: { token }, header: keyed(key) },
      body,
    }),
  )

export const uploadByLink = (token: string): SendFile =>
  sendTo(`/api/v1/upload-requests/${encodeURIComponent(token)}/files`, PORTAL_HEADERS, () => {})

export const signPresence = (number: string, state: PresentPerson['state']) =>
  take(
    api.POST('/api/v1/tickets/{number}/presence', {
      params: { path: { number } },
      body: { state },
    }),
  )

/** Also when the page is being closed, when no answer can be waited for. */
export function endPresence(number: string): void {
  const address = `/api/v1/tickets/${encodeURIComponent(number)}/presence`
  void fetch(address, { method: 'DELETE', headers: CLIENT_HEADERS, keepalive: true }).catch(
    () => {},
  )
}

export const getDraft = (number: string, kind: 'reply' | 'note') =>
  take(api.GET('/api/v1/tickets/{number}/draft', { params: { path: { number }, query: { kind } } }))

export const saveDraft = (number: string, kind: 'reply' | 'note', body: DraftChange) =>
  take(
    api.PUT('/api/v1/tickets/{number}/draft', {
      params: { path: { number }, query: { kind } },
      body,
    }),
  )
