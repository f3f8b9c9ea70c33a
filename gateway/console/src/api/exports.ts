/** Reports that are kept, and files of reports and tickets. */
import { api, take } from './client'
import { languageKey } from './reports'
import type { components } from './schema'

type Schemas = components['schemas']

export type SavedReport = Schemas['SavedReport']
export type NewSavedReport = Schemas['NewSavedReport']
export type ReportDefinition = Schemas['ReportDefinition']
export type ReportChart = NonNullable<ReportDefinition['charts']>[number]
export type FileExport = Schemas['Export']
export type NewExport = Schemas['NewExport']

const withKey = (key: string) => ({ 'Idempotency-Key': key })
const edit = (key: string, version: number) => ({ ...withKey(key), 'If-Match': `"${version}"` })
const ofReport = ({ report_id }: SavedReport) => ({ report_id })

export const listSavedReports = (language: string) =>
  take(api.GET('/api/v1/saved-reports', { params: { query: { language: languageKey(language) } } }))

export const saveReport = (key: string, body: NewSavedReport): Promise<SavedReport> =>
  take(api.POST('/api/v1/saved-reports', { params: { header: withKey(key) }, body }))

export const replaceSavedReport = (
  key: string,
  report: SavedReport,
  body: NewSavedReport,
): Promise<SavedReport> =>
  take(
    api.PUT('/api/v1/saved-reports/{report_id}', {
      params: { path: ofReport(report), header: edit(key, report.version) },
      body,
    }),
  )

export const removeSavedReport = (key: string, report: SavedReport) =>
  take(
    api.DELETE('/api/v1/saved-reports/{report_id}', {
      params: { path: ofReport(report), header: edit(key, report.version) },
    }),
  )

export const listExports = (cursor: string | null, limit: number) =>
  take(api.GET('/api/v1/exports', { params: { query: { limit, ...(cursor ? { cursor } : {}) } } }))

export const createExport = (key: string, body: NewExport): Promise<FileExport> =>
  take(api.POST('/api/v1/exports', { params: { header: withKey(key) }, body }))

export const removeExport = (key: string, exportId: string) =>
  take(
    api.DELETE('/api/v1/exports/{export_id}', {
      params: { path: { export_id: exportId }, header: withKey(key) },
    }),
  )

/** Where the browser fetches the file from: it may be long, and is never held here. */
export const fileAddress = (exportId: string) => `/api/v1/exports/${exportId}/file`
