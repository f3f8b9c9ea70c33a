/** Targets, times and steps of SLA in the reader's words. */
import { useI18n } from 'vue-i18n'

import type { Step } from '@/api/sla'
import { durationText } from '@/format/duration'
import { fullTime } from '@/format/time'
import { language } from '@/i18n'
import { useStatuses } from '@/stores/statuses'

import { useWords } from './useWords'

export function useSlaWords() {
  const { t } = useI18n()
  const words = useWords()
  const statuses = useStatuses()

  /** At the beginning of a line. */
  function target(key: string): string {
    const word = words.target(key)
    return word.charAt(0).toLocaleUpperCase(language.value) + word.slice(1)
  }

  const span = (seconds: number) => durationText(seconds, language.value)
  const instant = (at: string) => fullTime(at, language.value)

  /** "到期前 30分钟", "到期时", "到期后 1小时起每 30分钟,最多 16 次". */
  function when(step: Step): string {
    const offset = Math.abs(step.offset_seconds)
    if (step.offset_seconds < 0) return t('sla.step.before', { time: span(offset) })
    const first = offset ? t('sla.step.after', { time: span(offset) }) : t('sla.step.at')
    if (!step.repeat_seconds) return first
    const values = { first, every: span(step.repeat_seconds), count: step.repeat_limit ?? 50 }
    return t('sla.step.repeated', values)
  }

  /** Why a stretch of time does not count: outside hours, or the status that it waited in. */
  function why(reason: string): string {
    if (reason === 'open' || reason === 'closed') return t(`sla.why.${reason}`)
    return t('sla.why.status', { status: statuses.label(reason) })
  }

  return { target, span, instant, when, why }
}
