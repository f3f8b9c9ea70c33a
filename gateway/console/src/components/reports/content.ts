/** From reports to what charts show. */
import type { RadarContent, Series } from '@/components/charts/shapes'
import type { Metric, ReportPoint, ReportRow, ReportValue } from '@/api/reports'
import type { FigureUnit } from '@/format/figures'

/** A radar with more shapes cannot be read. */
const MOST_SHAPES = 6

/** Metrics that can be measured on one axis, in the order in which they were asked for. */
export function byUnit(columns: readonly Metric[]): [FigureUnit, Metric[]][] {
  const found = new Map<FigureUnit, Metric[]>()
  for (const metric of columns) {
    const group = found.get(metric.unit)
    if (group) group.push(metric)
    else found.set(metric.unit, [metric])
  }
  return [...found]
}

type Valued = Pick<ReportRow | ReportPoint, 'values'>

/** A series a metric; where there is only one, that of the period before comes beside it. */
export function seriesOf(
  rows: readonly Valued[],
  metrics: readonly Metric[],
  before: string | null,
): Series[] {
  const [only] = metrics
  const series: Series[] = metrics.map((metric) => ({
    name: metric.label,
    values: rows.map((row) => row.values[metric.key]?.value ?? null),
  }))
  if (!before || !only || metrics.length > 1) return series
  const values = rows.map((row) => row.values[only.key]?.previous ?? null)
  return [...series, { name: before, values, isBefore: true }]
}

/** An axis a metric; a shape a row, or the whole beside the period before. */
export function radarOf(
  columns: readonly Metric[],
  rows: readonly { label: string; values: Record<string, ReportValue> }[],
  totals: Record<string, ReportValue>,
  words: { total: string; before: string | null },
): RadarContent {
  const valuesOf = (values: Record<string, ReportValue>) =>
    columns.map((metric) => values[metric.key]?.value ?? null)
  const shapes: Series[] = rows
    .slice(0, MOST_SHAPES)
    .map((row) => ({ name: row.label, values: valuesOf(row.values) }))
  if (shapes.length === 0) {
    shapes.push({ name: words.total, values: valuesOf(totals) })
    if (words.before) {
      const values = columns.map((metric) => totals[metric.key]?.previous ?? null)
      shapes.push({ name: words.before, values, isBefore: true })
    }
  }
  return { axes: columns.map(({ label, unit }) => ({ name: label, unit })), series: shapes }
}

/** Whether any value is there and not nothing. */
export function isEmpty(rows: readonly Valued[], metrics: readonly Metric[]): boolean {
  return !rows.some((row) => metrics.some((metric) => row.values[metric.key]?.value))
}
