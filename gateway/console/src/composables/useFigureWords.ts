/** Metrics, dimensions and their keys in the reader's words. */
import { useI18n } from 'vue-i18n'

import type { Metric, ReportRow } from '@/api/reports'
import { changeText, type Compared, figureText, type FigureUnit } from '@/format/figures'
import { pointText } from '@/format/periods'
import { language } from '@/i18n'
import { useStatuses } from '@/stores/statuses'

import { isTime } from './reportQuery'

export function useFigureWords() {
  const { t, te } = useI18n()
  const statuses = useStatuses()
  statuses.load().catch(() => {})

  /** What exactly the metric counts; empty where nobody has written it down. */
  function definition(metric: string): string {
    return te(`figure.definition.${metric}`) ? t(`figure.definition.${metric}`) : ''
  }

  /** As it is called in this installation: statuses may have been renamed. */
  function rowLabel(row: Pick<ReportRow, 'key' | 'label'>, by: string): string {
    if (by === 'status' && row.key && row.key !== '*') return statuses.label(row.key)
    if (by === 'week') return t('report.weekOf', { day: pointText(row.key, by, language.value) })
    return isTime(by) ? pointText(row.key, by, language.value) : row.label
  }

  function value(of: Compared | undefined, unit: FigureUnit): string {
    return figureText(of?.value, unit, language.value)
  }

  /** "+12%", "-3.1 个百分点"; null where nothing is compared. */
  function change(of: Compared, unit: FigureUnit): string | null {
    const amount = changeText(of, unit, language.value)
    if (amount === null) return null
    return unit === 'share' ? t('figure.percentagePoints', { amount }) : amount
  }

  function periodName(period: { from: string; until: string }): string {
    return t('report.period.span', { from: period.from, until: period.until })
  }

  const byName = (by: string) => t(`report.by.${by || 'none'}`)
  const metricNames = (metrics: Metric[]) =>
    metrics.map((metric) => metric.label).join(t('figure.and'))

  return { definition, rowLabel, value, change, periodName, byName, metricNames }
}
