/** Roles, permissions and API keys. */
import { api, take } from './client'
import type { components, paths } from './schema'

export type Role = components['schemas']['RoleView']
export type Scope = Role['ticket_scope']
export type NewRole = paths['/api/v1/roles']['post']['requestBody']['content']['application/json']
export type RoleChanges =
  paths['/api/v1/roles/{key}']['patch']['requestBody']['content']['application/json']
export type ApiKey = components['schemas']['ApiKeyView']
export type NewApiKey =
  paths['/api/v1/api-keys']['post']['requestBody']['content']['application/json']

const withKey = (key: string) => ({ 'Idempotency-Key': key })

export const listRoles = () => take(api.GET('/api/v1/roles'))
export const listPermissions = () => take(api.GET('/api/v1/permissions'))

export const createRole = (key: string, body: NewRole) =>
  take(api.POST('/api/v1/roles', { params: { header: withKey(key) }, body }))

export const changeRole = (key: string, role: Role, body: RoleChanges) =>
  take(
    api.PATCH('/api/v1/roles/{key}', {
      params: {
        path: { key: role.key },
        header: { ...withKey(key), 'If-Match': `"${role.version}"` },
      },
      body,
    }),
  )

export const deleteRole = (key: string, role: Role) =>
  take(
    api.DELETE('/api/v1/roles/{key}', {
      params: { path: { key: role.key }, header: withKey(key) },
    }),
  )

export const listApiKeys = () => take(api.GET('/api/v1/api-keys'))

export const createApiKey = (key: string, body: NewApiKey) =>
  take(api.POST('/api/v1/api-keys', { params: { header: withKey(key) }, body }))

export const revokeApiKey = (key: string, apiKeyId: string) =>
  take(
    api.DELETE('/api/v1/api-keys/{api_key_id}', {
      params: { path: { api_key_id: apiKeyId }, header: withKey(key) },
    }),
  )
