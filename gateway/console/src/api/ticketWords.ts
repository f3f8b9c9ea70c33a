/** Categories of tickets, the words of urgency, and known tags. */
import { api, take } from './client'
import type { components } from './schema'
import type { Ticket, Urgency } from './types'

type Schemas = components['schemas']

export type TicketCategory = Schemas['TicketCategory']
export type CategoryDefaults = Schemas['CategoryDefaults']
export type CategoryUse = Schemas['TicketCategoryUse']
export type UrgencyWords = Schemas['UrgencyWords']
export type UrgencyScale = UrgencyWords['scales'][number]
export type UrgencyWord = UrgencyScale['words'][number]
export type UrgencyHint = { word: string; urgency: Exclude<Urgency, 'normal'> }
export type Tag = Schemas['Tag']

const withKey = (key: string) => ({ 'Idempotency-Key': key })
const edit = (key: string, version: number) => ({ ...withKey(key), 'If-Match': `"${version}"` })

export const listTicketCategories = () => take(api.GET('/api/v1/ticket-categories'))

export const createTicketCategory = (
  key: string,
  body: Schemas['NewTicketCategory'],
): Promise<TicketCategory> =>
  take(api.POST('/api/v1/ticket-categories', { params: { header: withKey(key) }, body }))

export const editTicketCategory = (
  key: string,
  { category_id, version }: TicketCategory,
  body: Schemas['TicketCategoryChanges'],
): Promise<TicketCategory> =>
  take(
    api.PATCH('/api/v1/ticket-categories/{category_id}', {
      params: { path: { category_id }, header: edit(key, version) },
      body,
    }),
  )

export const orderTicketCategories = (
  key: string,
  parent_id: string | null,
  category_ids: string[],
) =>
  take(
    api.PUT('/api/v1/ticket-categories/order', {
      params: { header: withKey(key) },
      body: { parent_id, category_ids },
    }),
  )

export const getCategoryUse = (category_id: string): Promise<CategoryUse> =>
  take(
    api.GET('/api/v1/ticket-categories/{category_id}/use', { params: { path: { category_id } } }),
  )

export const getUrgencyWords = (): Promise<UrgencyWords> => take(api.GET('/api/v1/urgency-words'))

export const editUrgencyWords = (
  key: string,
  version: number,
  body: Schemas['UrgencyWordChanges'],
): Promise<UrgencyWords> =>
  take(api.PATCH('/api/v1/urgency-words', { params: { header: edit(key, version) }, body }))

export const answerHint = (
  key: string,
  { number, version }: Pick<Ticket, 'number' | 'version'>,
  is_accepted: boolean,
): Promise<Ticket> =>
  take(
    api.POST('/api/v1/tickets/{number}/urgency-hint-answers', {
      params: { path: { number }, header: edit(key, version) },
      body: { is_accepted },
    }),
  )

export const listTags = (query: { q?: string; is_active?: boolean; limit?: number }) =>
  take(api.GET('/api/v1/tags', { params: { query } }))

export const getTagUse = (tag_id: string): Promise<Schemas['TagUse']> =>
  take(api.GET('/api/v1/tags/{tag_id}/use', { params: { path: { tag_id } } }))

export const createTag = (key: string, body: Schemas['NewTag']): Promise<Tag> =>
  take(api.POST('/api/v1/tags', { params: { header: withKey(key) }, body }))

const one = (key: string, { tag_id, version }: Tag) => ({
  path: { tag_id },
  header: edit(key, version),
})

export const editTag = (key: string, tag: Tag, body: Schemas['TagChanges']): Promise<Tag> =>
  take(api.PATCH('/api/v1/tags/{tag_id}', { params: one(key, tag), body }))

export const mergeTag = (key: string, tag: Tag, into: string): Promise<Tag> =>
  take(api.POST('/api/v1/tags/{tag_id}/merges', { params: one(key, tag), body: { into } }))

export const getTicketSettings = () => take(api.GET('/api/v1/ticket-settings'))

export const setFreeTags = (key: string, version: number, allows_free_tags: boolean) =>
  take(
    api.PATCH('/api/v1/ticket-settings', {
      params: { header: edit(key, version) },
      body: { allows_free_tags },
    }),
  )
