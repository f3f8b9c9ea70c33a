/** Figures and the tickets behind them. */
import type { PeriodAsked } from '@/format/periods'

import { api, take } from './client'
import type { components, paths } from './schema'

type Schemas = components['schemas']

export type Metric = Schemas['ReportColumn']
export type ReportMetrics = Schemas['ReportMetrics']
export type ReportValue = Schemas['ReportValue']
export type ReportRow = Schemas['ReportRow']
export type ReportPoint = Schemas['ReportPoint']
export type ReportPeriod = Schemas['ReportPeriod']
export type Report = Schemas['Report']
export type ReportQuery = Schemas['ReportQuery']
export type ReportFilters = Schemas['ReportFilters']
export type Dashboard = Schemas['Dashboard']
export type DashboardTile = Schemas['DashboardTile']
export type DashboardShare = Schemas['DashboardShare']
export type CountedTicket = Schemas['CountedTicket']
export type CountedTicketPage = Schemas['CountedTicketPage']
export type CountedTicketQuery = Schemas['ReportTicketQuery']
export type Dimension = DashboardShare['by']
type DashboardQuery = NonNullable<paths['/api/v1/reports/dashboard']['get']['parameters']['query']>

export const DIMENSIONS = [
  'kind',
  'channel',
  'group',
  'department',
  'agent',
  'category',
  'tier',
  'urgency',
  'region',
  'status',
] as const
export const COMPARISONS = ['previous', 'year_ago'] as const
export type Comparison = (typeof COMPARISONS)[number]

/** As the gateway knows the console's languages. */
export const languageKey = (language: string) => (language === 'en' ? 'en' : 'zh')

export const listMetrics = (language: string): Promise<ReportMetrics> =>
  take(
    api.GET('/api/v1/report-metrics', { params: { query: { language: languageKey(language) } } }),
  )

export const getReport = (body: ReportQuery): Promise<Report> =>
  take(api.POST('/api/v1/reports/query', { body }))

export const listCounted = (body: CountedTicketQuery): Promise<CountedTicketPage> =>
  take(api.POST('/api/v1/reports/tickets', { body }))

export const getDashboard = (
  period: PeriodAsked,
  filters: ReportFilters,
  language: string,
): Promise<Dashboard> => {
  const query = { ...period, ...inQuery(filters), language: languageKey(language) }
  return take(api.GET('/api/v1/reports/dashboard', { params: { query: query as DashboardQuery } }))
}

/** Lists as `a,b`; what has none is `none` there. */
function inQuery(filters: ReportFilters): Record<string, string> {
  const words = Object.entries(filters).map(([name, keys]) => [
    name,
    (keys ?? []).map((key) => (key === '' || key === null ? 'none' : String(key))).join(','),
  ])
  return Object.fromEntries(words)
}
