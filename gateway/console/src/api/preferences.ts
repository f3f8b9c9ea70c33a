/** What somebody wishes to be told: colleagues in their profile, customers in their portal. */
import { api, portalApi, take } from './client'
import type { components } from './schema'

type Schemas = components['schemas']

/** In the order wanted, and what is off. */
export interface ChannelWish {
  order: string[]
  off: string[]
}

export type Wishes = Omit<Schemas['OwnNotificationPreferences'], 'channels'> & {
  channels: Record<string, ChannelWish>
}
export type NewWishes = Schemas['NotificationPreferences']

const edit = (key: string, version: number) => ({
  'Idempotency-Key': key,
  'If-Match': `"${version}"`,
})

export const getWishes = () =>
  take(api.GET('/api/v1/profile/notification-preferences')) as Promise<Wishes>

export const replaceWishes = (key: string, version: number, body: NewWishes) =>
  take(
    api.PUT('/api/v1/profile/notification-preferences', {
      params: { header: edit(key, version) },
      body,
    }),
  ) as Promise<Wishes>

export const getPortalWishes = () =>
  take(portalApi.GET('/api/v1/portal/notification-preferences')) as Promise<Wishes>

export const replacePortalWishes = (key: string, version: number, body: NewWishes) =>
  take(
    portalApi.PUT('/api/v1/portal/notification-preferences', {
      params: { header: edit(key, version) },
      body,
    }),
  ) as Promise<Wishes>
