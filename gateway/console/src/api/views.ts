/** Saved views of tickets: one's own, a group's, everybody's. */
import { api, take } from './client'
import type { components } from './schema'

type Schemas = components['schemas']

export type SavedView = Schemas['TicketView']
export type NewView = Schemas['NewTicketView']
export type ViewCount = Schemas['TicketViewCount']
export type ConditionTrialResult = Schemas['ConditionTrialResult']
export type Visibility = SavedView['visibility']

export const VISIBILITIES = ['private', 'group', 'shared'] as const
export const COLUMNS = [
  'number',
  'subject',
  'status',
  'urgency',
  'kind',
  'category',
  'channel',
  'customer',
  'assignee',
  'group',
  'created_at',
  'updated_at',
  'last_customer_message_at',
  'next_due_at',
  'score',
] as const
export type ViewColumn = (typeof COLUMNS)[number]
export const SORTS = [
  '-updated_at',
  'updated_at',
  '-created_at',
  'created_at',
  '-urgency',
  'due',
  '-number',
] as const

const withKey = (key: string) => ({ 'Idempotency-Key': key })
const edit = (key: string, version: number) => ({ ...withKey(key), 'If-Match': `"${version}"` })

export const listViews = () => take(api.GET('/api/v1/ticket-views'))

export const countViews = () => take(api.GET('/api/v1/ticket-view-counts'))

export const createView = (key: string, body: NewView): Promise<SavedView> =>
  take(api.POST('/api/v1/ticket-views', { params: { header: withKey(key) }, body }))

export const replaceView = (key: string, view: SavedView, body: NewView): Promise<SavedView> =>
  take(
    api.PUT('/api/v1/ticket-views/{view_id}', {
      params: { path: { view_id: view.view_id }, header: edit(key, view.version) },
      body,
    }),
  )

export const removeView = (key: string, view: SavedView) =>
  take(
    api.DELETE('/api/v1/ticket-views/{view_id}', {
      params: { path: { view_id: view.view_id }, header: edit(key, view.version) },
    }),
  )

export const orderViews = (key: string, viewIds: string[]) =>
  take(
    api.PUT('/api/v1/ticket-views/order', {
      params: { header: withKey(key) },
      body: { view_ids: viewIds },
    }),
  )

export const tryView = (condition: NewView['condition']): Promise<ConditionTrialResult> =>
  take(api.POST('/api/v1/ticket-views/trials', { body: { condition } }))
