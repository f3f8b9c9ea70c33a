/** Which figure's tickets are asked for, and what the list of them is called. */
import type {
  CountedTicketQuery,
  Dimension,
  Metric,
  ReportFilters,
  ReportValue,
} from '@/api/reports'

export interface Drill {
  request: Omit<CountedTicketQuery, 'cursor' | 'limit'>
  title: string
  /** How many there are; null where only the list can tell. */
  count: number | null
}

/**
 * The tickets of one value; `row`: a dimension and its key. The days are those that are shown, not
 * "this month": midnight may pass meanwhile.
 */
export function drillOf(
  metric: Pick<Metric, 'key' | 'label'>,
  name: string,
  value: ReportValue | undefined,
  { from, until }: { from: string; until: string },
  filters: ReportFilters,
  row?: [by: string, key: string],
): Drill {
  return {
    title: name ? `${name} · ${metric.label}` : metric.label,
    count: value?.count ?? null,
    request: {
      metric: metric.key,
      period: { unit: 'custom', from, until },
      filters,
      ...(row ? { by: row[0] as Dimension, key: row[1] } : {}),
    },
  }
}
