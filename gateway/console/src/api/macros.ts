/** Canned replies and macros: the texts and the lists of actions that people keep for their work. */
import { api, take } from './client'
import type { components, paths } from './schema'

type Schemas = components['schemas']

export type Step = Schemas['Step']
export type CannedReply = Schemas['CannedReply']
export type NewCannedReply =
  paths['/api/v1/canned-replies']['post']['requestBody']['content']['application/json']
export type CannedReplyQuery = NonNullable<
  paths['/api/v1/canned-replies']['get']['parameters']['query']
>
export type Macro = Schemas['Macro']
export type NewMacro = paths['/api/v1/macros']['post']['requestBody']['content']['application/json']
export type MacroQuery = NonNullable<paths['/api/v1/macros']['get']['parameters']['query']>
export type MacroTrial = Schemas['MacroTrialResult']
export type Visibility = CannedReply['visibility']

export const VISIBILITIES = ['private', 'group', 'shared'] as const

const withKey = (key: string) => ({ 'Idempotency-Key': key })
const read = (key: string, version: number) => ({ ...withKey(key), 'If-Match': `"${version}"` })

export const listCannedReplies = (query: CannedReplyQuery) =>
  take(api.GET('/api/v1/canned-replies', { params: { query } }))

export const listReplyFolders = () => take(api.GET('/api/v1/canned-reply-folders'))

export const listTextVariables = () => take(api.GET('/api/v1/text-variables'))

export const createCannedReply = (key: string, body: NewCannedReply): Promise<CannedReply> =>
  take(api.POST('/api/v1/canned-replies', { params: { header: withKey(key) }, body }))

export const replaceCannedReply = (
  key: string,
  reply: CannedReply,
  body: NewCannedReply,
): Promise<CannedReply> =>
  take(
    api.PUT('/api/v1/canned-replies/{reply_id}', {
      params: { path: { reply_id: reply.reply_id }, header: read(key, reply.version) },
      body,
    }),
  )

export const removeCannedReply = (key: string, reply: CannedReply) =>
  take(
    api.DELETE('/api/v1/canned-replies/{reply_id}', {
      params: { path: { reply_id: reply.reply_id }, header: read(key, reply.version) },
    }),
  )

/** With a ticket's values; `isUsed` counts it. */
export const renderCannedReply = (replyId: string, number: string, isUsed: boolean) =>
  take(
    api.POST('/api/v1/canned-replies/{reply_id}/renderings', {
      params: { path: { reply_id: replyId } },
      body: { number, is_used: isUsed },
    }),
  )

export const tryCannedReply = (body: string, language: 'zh' | 'en', number: string) =>
  take(api.POST('/api/v1/canned-replies/trials', { body: { body, language, number } }))

export const listMacros = (query: MacroQuery) =>
  take(api.GET('/api/v1/macros', { params: { query } }))

export const createMacro = (key: string, body: NewMacro): Promise<Macro> =>
  take(api.POST('/api/v1/macros', { params: { header: withKey(key) }, body }))

export const replaceMacro = (key: string, macro: Macro, body: NewMacro): Promise<Macro> =>
  take(
    api.PUT('/api/v1/macros/{macro_id}', {
      params: { path: { macro_id: macro.macro_id }, header: read(key, macro.version) },
      body,
    }),
  )

export const removeMacro = (key: string, macro: Macro) =>
  take(
    api.DELETE('/api/v1/macros/{macro_id}', {
      params: { path: { macro_id: macro.macro_id }, header: read(key, macro.version) },
    }),
  )

export const tryMacro = (macroId: string, number: string): Promise<MacroTrial> =>
  take(
    api.POST('/api/v1/macros/{macro_id}/trials', {
      params: { path: { macro_id: macroId } },
      body: { number },
    }),
  )

export const applyMacro = (key: string, number: string, macroId: string) =>
  take(
    api.POST('/api/v1/tickets/{number}/macro-runs', {
      params: { path: { number }, header: withKey(key) },
      body: { macro_id: macroId },
    }),
  )
