/** Reports as they are kept and written into files: with the charts by which they are looked at. */
import type { ReportChart, ReportDefinition } from '@/api/exports'
import type { Metric, ReportFilters } from '@/api/reports'
import { byUnit } from '@/components/reports/content'
import type { PeriodAsked } from '@/format/periods'

import { type Display, DISPLAYS, type Filters, reportBody, type ReportAsked } from './reportQuery'

export function definitionOf(asked: ReportAsked, metrics: readonly Metric[]): ReportDefinition {
  const { metrics: keys, period, by, series, filters, compare } = reportBody(asked)
  return {
    metrics: keys,
    period,
    by,
    filters,
    compare,
    ...(series ? { series } : {}),
    charts: chartsOf(asked, metrics),
  }
}

export function askedFrom(definition: ReportDefinition): ReportAsked {
  const { metrics, period, by, filters, compare, charts } = definition
  const shown = charts?.[0]?.kind ?? 'table'
  return {
    metrics,
    period: period as PeriodAsked,
    by: by ?? '',
    compare: compare ?? '',
    filters: filtersOf(filters ?? {}),
    display: DISPLAYS.find((known) => known === shown) ?? ('table' as Display),
  }
}

/** As on the page: a chart for each unit, a pie for each count, one radar of all. */
function chartsOf(
  { display, metrics: keys }: ReportAsked,
  metrics: readonly Metric[],
): ReportChart[] {
  if (display === 'table') return []
  if (display === 'radar') return [{ kind: display, metrics: keys }]
  const chosen = keys.flatMap((key) => metrics.filter((metric) => metric.key === key))
  const groups =
    display === 'pie'
      ? chosen.filter(({ unit }) => unit === 'count').map((metric) => [metric])
      : byUnit(chosen).map(([, group]) => group)
  // Before the metrics are known, and where there is nothing for a pie: the kind is kept at least.
  if (!groups.length) return [{ kind: display }]
  return groups.map((group) => ({ kind: display, metrics: group.map(({ key }) => key) }))
}

function filtersOf(filters: ReportFilters): Filters {
  const words = Object.entries(filters).map(([name, keys]) => [
    name,
    (keys ?? []).map((key) => (key === '' || key === null ? 'none' : String(key))),
  ])
  return Object.fromEntries(words)
}
