/** Forms and mailboxes of the door, and the keys that open them. */
import { api, take } from './client'
import type { components, paths } from './schema'

export type ChannelAccount = components['schemas']['ChannelAccount']
export type AccountKey = components['schemas']['AccountKey']
export type MadeKey = components['schemas']['NewAccountKeyView']
export type NewChannelAccount =
  paths['/api/v1/channel-accounts']['post']['requestBody']['content']['application/json']
export type ChannelAccountChanges =
  paths['/api/v1/channel-accounts/{account_id}']['patch']['requestBody']['content']['application/json']
export type NewAccountKey =
  paths['/api/v1/channel-accounts/{account_id}/keys']['post']['requestBody']['content']['application/json']

const withKey = (key: string) => ({ 'Idempotency-Key': key })

export const listChannelAccounts = () => take(api.GET('/api/v1/channel-accounts'))

export const createChannelAccount = (key: string, body: NewChannelAccount) =>
  take(api.POST('/api/v1/channel-accounts', { params: { header: withKey(key) }, body }))

export const editChannelAccount = (
  key: string,
  { account_id, version }: ChannelAccount,
  body: ChannelAccountChanges,
) =>
  take(
    api.PATCH('/api/v1/channel-accounts/{account_id}', {
      params: { path: { account_id }, header: { ...withKey(key), 'If-Match': `"${version}"` } },
      body,
    }),
  )

export const listAccountKeys = (accountId: string) =>
  take(
    api.GET('/api/v1/channel-accounts/{account_id}/keys', {
      params: { path: { account_id: accountId } },
    }),
  )

export const createAccountKey = (key: string, accountId: string, body: NewAccountKey) =>
  take(
    api.POST('/api/v1/channel-accounts/{account_id}/keys', {
      params: { path: { account_id: accountId }, header: withKey(key) },
      body,
    }),
  )

export const revokeAccountKey = (key: string, accountId: string, keyId: string) =>
  take(
    api.DELETE('/api/v1/channel-accounts/{account_id}/keys/{key_id}', {
      params: { path: { account_id: accountId, key_id: keyId }, header: withKey(key) },
    }),
  )
