/** Templates of tickets, and changes of them on running tickets. */
import { api, take } from './client'
import type { components } from './schema'
import type { Ticket } from './types'

type Schemas = components['schemas']

export type TemplateRow = Schemas['TicketTemplateRow']
export type Template = Schemas['TicketTemplate']
export type TemplateDraft = Schemas['TicketTemplateDraft']
export type TemplateVersion = Schemas['TicketTemplateVersion']
export type TemplateVersionRow = Schemas['TicketTemplateVersionRow']
export type TemplateUsage = Schemas['TemplateUsage']
export type TemplateDocument = Schemas['TemplateDocument']
export type TemplateImport = Schemas['TemplateImport']
export type TemplateChangePlan = Schemas['TemplateChangePlan']
export type TemplateChange = Schemas['TemplateChange']
export type FieldFault = Schemas['FieldFault']
export type FormField = Schemas['TemplateFieldView']
export type FieldType = FormField['type']
export type Requirements = Schemas['RequirementsView']
export type StatusMoves = Schemas['StatusMovesView']
export type Wording = Schemas['Wording']

export interface Choice {
  value: string
  label: Wording
  children?: Choice[]
}

export interface Column {
  key: string
  label: Wording
  type: FieldType
  required: boolean
  options: Record<string, unknown>
}

/** What a form is drawn from. */
export interface FormDefinition {
  fields: FormField[]
  requirements: Requirements
}

export const FIELD_TYPES: readonly FieldType[] = [
  'text',
  'long_text',
  'number',
  'money',
  'date',
  'time',
  'date_time',
  'choice',
  'tree_choice',
  'multi_choice',
  'phone',
  'mail',
  'order_number',
  'place',
  'person',
  'table',
  'file',
]
export const COLUMN_TYPES: readonly FieldType[] = ['text', 'number', 'money', 'date', 'choice']
export const STAGES = ['create', 'solve', 'close'] as const
export type Stage = (typeof STAGES)[number]
export const FILE_KINDS = ['photo', 'document', 'video'] as const
export const SUMMARY = ['cause', 'measure', 'prevention'] as const

const withKey = (key: string) => ({ 'Idempotency-Key': key })
const edit = (key: string, version: number) => ({ ...withKey(key), 'If-Match': `"${version}"` })
const at = ({ key, version }: TemplateRow, command: string) => ({
  path: { key },
  header: edit(command, version),
})

export const listTemplates = (query: { is_active?: boolean } = {}) =>
  take(api.GET('/api/v1/ticket-templates', { params: { query } }))

export const getTemplate = (key: string) =>
  take(api.GET('/api/v1/ticket-templates/{key}', { params: { path: { key } } }))

export const createTemplate = (command: string, body: Schemas['NewTicketTemplate']) =>
  take(api.POST('/api/v1/ticket-templates', { params: { header: withKey(command) }, body }))

export const saveTemplate = (command: string, template: Template, body: TemplateDraft) =>
  take(api.PUT('/api/v1/ticket-templates/{key}', { params: at(template, command), body }))

export const publishTemplate = (command: string, template: Template, note: string) =>
  take(
    api.POST('/api/v1/ticket-templates/{key}/versions', {
      params: at(template, command),
      body: note ? { note } : {},
    }),
  )

export const dropDraft = (command: string, template: Template) =>
  take(api.DELETE('/api/v1/ticket-templates/{key}/draft', { params: at(template, command) }))

export const removeTemplate = (command: string, row: TemplateRow) =>
  take(api.DELETE('/api/v1/ticket-templates/{key}', { params: at(row, command) }))

export const setActivity = (command: string, row: TemplateRow, isActive: boolean) =>
  take(
    api.PUT('/api/v1/ticket-templates/{key}/activity', {
      params: at(row, command),
      body: { is_active: isActive },
    }),
  )

export const copyTemplate = (command: string, from: string, key: string, name: string) =>
  take(
    api.POST('/api/v1/ticket-templates/{key}/copies', {
      params: { path: { key: from }, header: withKey(command) },
      body: name ? { key, name: { zh: name } } : { key },
    }),
  )

export const orderTemplates = (command: string, keys: string[]) =>
  take(
    api.PUT('/api/v1/ticket-templates/order', {
      params: { header: withKey(command) },
      body: { keys },
    }),
  )

export const listVersions = (key: string, cursor?: string) =>
  take(
    api.GET('/api/v1/ticket-templates/{key}/versions', {
      params: { path: { key }, query: cursor ? { cursor } : {} },
    }),
  )

export const getVersion = (key: string, version: number) =>
  take(
    api.GET('/api/v1/ticket-templates/{key}/versions/{version_number}', {
      params: { path: { key, version_number: version } },
    }),
  )

export const getUsage = (key: string, field: string) =>
  take(
    api.GET('/api/v1/ticket-templates/{key}/usage', {
      params: { path: { key }, query: { field } },
    }),
  )

export const exportTemplates = (keys?: string) =>
  take(api.GET('/api/v1/ticket-templates/export', { params: { query: keys ? { keys } : {} } }))

export const checkImport = (body: TemplateDocument) =>
  take(api.POST('/api/v1/ticket-templates/import-checks', { body }))

export const importTemplates = (command: string, body: TemplateDocument) =>
  take(api.POST('/api/v1/ticket-templates/imports', { params: { header: withKey(command) }, body }))

export const previewChange = (number: string, body: Schemas['TemplateChangePreview']) =>
  take(
    api.POST('/api/v1/tickets/{number}/template-changes/preview', {
      params: { path: { number } },
      body,
    }),
  )

export const changeTemplate = (
  command: string,
  number: string,
  version: number,
  body: TemplateChange,
): Promise<Ticket> =>
  take(
    api.PUT('/api/v1/tickets/{number}/template', {
      params: { path: { number }, header: edit(command, version) },
      body,
    }),
  )
