/** Accounts of staff and employees: found, made, changed, imported. */
import { api, CLIENT_HEADERS, noteAnswer, take } from './client'
import { connectionLost, problemFrom } from './problem'
import type { components, operations } from './schema'

type Schemas = components['schemas']

export type Account = Schemas['Account']
export type GrantableRole = Schemas['GrantableRole']
export type AccountImport = Schemas['AccountImport']
export type ImportedRow = Schemas['ImportedRow']
export type Issued = Schemas['InitialPassword']
export type NewAccount = Schemas['NewAccount']
export type AccountChanges = Schemas['AccountChanges']
export type AccountQuery = NonNullable<operations['list_accounts']['parameters']['query']>

const withKey = (key: string) => ({ 'Idempotency-Key': key })
const one = ({ person_id }: { person_id: string }) => ({ person_id })

export const listAccounts = (query: AccountQuery) =>
  take(api.GET('/api/v1/accounts', { params: { query } }))

export const listAccountRoles = () => take(api.GET('/api/v1/accounts/roles'))

export const getAccount = (personId: string) =>
  take(api.GET('/api/v1/accounts/{person_id}', { params: { path: one({ person_id: personId }) } }))

export const createAccount = (key: string, body: NewAccount) =>
  take(api.POST('/api/v1/accounts', { params: { header: withKey(key) }, body }))

export const changeAccount = (key: string, account: Account, body: AccountChanges) =>
  take(
    api.PATCH('/api/v1/accounts/{person_id}', {
      params: {
        path: one(account),
        header: { ...withKey(key), 'If-Match': `"${account.version}"` },
      },
      body,
    }),
  )

export const switchAccount = (key: string, account: Account, isActive: boolean) =>
  take(
    api.PUT('/api/v1/accounts/{person_id}/activity', {
      params: { path: one(account), header: withKey(key) },
      body: { is_active: isActive },
    }),
  )

export const resetPassword = (key: string, account: Account) =>
  take(
    api.POST('/api/v1/accounts/{person_id}/password-reset', {
      params: { path: one(account), header: withKey(key) },
    }),
  )

export interface ImportChoices {
  preview: boolean
  create_units: boolean
  skip_errors: boolean
}

/** Past the typed client, which knows no forms; and thousands of rows may take a while. */
export async function importAccounts(
  key: string,
  file: File,
  choices: ImportChoices,
): Promise<AccountImport> {
  const form = new FormData()
  form.append('file', file, file.name)
  const query = new URLSearchParams(Object.entries(choices).map(([k, v]) => [k, String(v)]))
  const answer = await send(`/api/v1/accounts/imports?${query}`, {
    method: 'POST',
    headers: { ...CLIENT_HEADERS, ...withKey(key) },
    body: form,
  })
  const body: unknown = await answer.json().catch(() => null)
  if (!answer.ok) throw problemFrom(answer.status, body)
  return body as AccountImport
}

async function send(address: string, options: RequestInit): Promise<Response> {
  try {
    const answer = await fetch(address, { ...options, credentials: 'same-origin' })
    noteAnswer(answer.status)
    return answer
  } catch (error) {
    noteAnswer(0)
    throw connectionLost(error)
  }
}

export const templateAddress = (format: 'xlsx' | 'csv', language: 'zh' | 'en') =>
  `/api/v1/accounts/import-template?format=${format}&language=${language}`
