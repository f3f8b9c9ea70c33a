/** What somebody wishes to be told: colleagues in their profile, customers in their portal. */
import { api, portalApi, take } from './client'
import type { components } from './schema'

type Schemas = components['schemas']

/** Channels in the order wanted, and those that are off. */
export type ChannelWish = Schemas['KnownWish']
export type Wishes = Schemas['OwnNotificationPreferences']
export type NewWishes = Schemas['NotificationPreferences']

const edit = (key: string, version: number) => ({
  'Idempotency-Key': key,
  'If-Match': `"${version}"`,
})

export const getWishes = (): Promise<Wishes> =>
  take(api.GET('/api/v1/profile/notification-preferences'))

export const replaceWishes = (key: string, version: number, body: NewWishes): Promise<Wishes> =>
  take(
    api.PUT('/api/v1/profile/notification-preferences', {
      params: { header: edit(key, version) },
      body,
    }),
  )

export const getPortalWishes = (): Promise<Wishes> =>
  take(portalApi.GET('/api/v1/portal/notification-preferences'))

export const replacePortalWishes = (
  key: string,
  version: number,
  body: NewWishes,
): Promise<Wishes> =>
  take(
    portalApi.PUT('/api/v1/portal/notification-preferences', {
      params: { header: edit(key, version) },
      body,
    }),
  )
