/** Reports and the dashboard as they stand in the address, and as the gateway wants them. */
import type { LocationQuery } from 'vue-router'

import {
  type Comparison,
  COMPARISONS,
  DIMENSIONS,
  type ReportFilters,
  type ReportQuery,
} from '@/api/reports'
import { type PeriodAsked, PERIOD_UNITS, TIME_UNITS, type TimeUnit } from '@/format/periods'

export const DISPLAYS = ['table', 'bar', 'line', 'pie', 'radar'] as const
export type Display = (typeof DISPLAYS)[number]
const FILTER_NAMES = [
  'kind',
  'channel',
  'urgency',
  'tier',
  'status',
  'score',
  'group_id',
  'department_id',
  'agent_id',
  'category_id',
  'region_id',
] as const
export type FilterName = (typeof FILTER_NAMES)[number]
/** Keys by name; `none` stands for what has none. */
export type Filters = Partial<Record<FilterName, string[]>>
export const BREAKDOWNS = [...DIMENSIONS, ...TIME_UNITS] as const
export type Breakdown = (typeof BREAKDOWNS)[number]

export interface FiguresAsked {
  period: PeriodAsked
  filters: Filters
}

export interface ReportAsked extends FiguresAsked {
  metrics: string[]
  by: Breakdown | ''
  compare: Comparison | ''
  display: Display
}

export const DEFAULT_METRICS = ['new', 'solved', 'resolution_mean', 'satisfaction_mean']
const DEFAULT_UNIT = 'month'
const DAY = /^\d{4}-\d{2}-\d{2}$/
const KEY = /^[a-z0-9_]{1,64}$/

export const isTime = (by: string): by is TimeUnit => (TIME_UNITS as readonly string[]).includes(by)

export function figuresFrom(query: LocationQuery): FiguresAsked {
  return { period: periodFrom(query), filters: filtersFrom(query) }
}

export function reportFrom(query: LocationQuery): ReportAsked {
  const metrics = wordsOf(query.metrics).filter((word) => KEY.test(word))
  return {
    ...figuresFrom(query),
    metrics: metrics.length ? metrics : DEFAULT_METRICS,
    by: query.by === 'none' ? '' : (BREAKDOWNS.find((known) => known === query.by) ?? 'kind'),
    compare: COMPARISONS.find((known) => known === query.compare) ?? '',
    display: DISPLAYS.find((known) => known === query.display) ?? 'table',
  }
}

export function figuresAddress({ period, filters }: FiguresAsked): Record<string, string> {
  const { unit, from, until } = period
  return {
    ...(unit === DEFAULT_UNIT && !from ? {} : { unit }),
    ...(from ? { from } : {}),
    ...(until ? { until } : {}),
    ...Object.fromEntries(
      Object.entries(filters)
        .filter(([, keys]) => keys.length)
        .map(([name, keys]) => [name, keys.join(',')]),
    ),
  }
}

export function reportAddress(asked: ReportAsked): Record<string, string> {
  return {
    metrics: asked.metrics.join(','),
    by: asked.by || 'none',
    ...(asked.compare ? { compare: asked.compare } : {}),
    ...(asked.display === 'table' ? {} : { display: asked.display }),
    ...figuresAddress(asked),
  }
}

/** As the gateway takes filters: what has none has an empty key, scores are numbers. */
export function filtersBody(filters: Filters): ReportFilters {
  const words = Object.entries(filters)
    .filter(([, keys]) => keys.length)
    .map(([name, keys]) => [
      name,
      name === 'score' ? keys.map(Number) : keys.map((key) => (key === 'none' ? '' : key)),
    ])
  return Object.fromEntries(words) as ReportFilters
}

/** What is asked for, without the language; a line needs points of time even by a dimension. */
export function reportBody(asked: ReportAsked): ReportQuery {
  const needsSeries = asked.display === 'line' && !isTime(asked.by)
  return {
    metrics: asked.metrics,
    period: asked.period,
    by: asked.by || null,
    filters: filtersBody(asked.filters),
    compare: asked.compare || null,
    ...(needsSeries ? { series: finer(asked.period) } : {}),
  }
}

/** The unit of time in which a period has a fair number of points. */
export function finer({ unit, from, until }: PeriodAsked): TimeUnit {
  if (from && until) {
    const days = (Date.parse(until) - Date.parse(from)) / 86_400_000 + 1
    if (days <= 62) return 'day'
    if (days <= 366) return 'week'
    return days <= 5 * 366 ? 'month' : 'year'
  }
  if (unit === 'year') return 'month'
  return unit === 'quarter' ? 'week' : 'day'
}

export function hasFilters(filters: Filters): boolean {
  return Object.values(filters).some((keys) => keys.length)
}

function periodFrom(query: LocationQuery): PeriodAsked {
  const unit = PERIOD_UNITS.find((known) => known === query.unit) ?? DEFAULT_UNIT
  const from = day(query.from)
  const until = day(query.until)
  // Half a custom period is none.
  if (unit === 'custom') return from && until ? { unit, from, until } : { unit: DEFAULT_UNIT }
  return { unit, ...(from ? { from } : {}), ...(from && until ? { until } : {}) }
}

function filtersFrom(query: LocationQuery): Filters {
  const found = FILTER_NAMES.map((name) => [name, wordsOf(query[name])] as const)
  return Object.fromEntries(found.filter(([, keys]) => keys.length))
}

function wordsOf(value: LocationQuery[string] | undefined): string[] {
  return typeof value === 'string' ? [...new Set(value.split(',').filter(Boolean))] : []
}

function day(value: LocationQuery[string] | undefined): string | undefined {
  return typeof value === 'string' && DAY.test(value) && !Number.isNaN(Date.parse(value))
    ? value
    : undefined
}
