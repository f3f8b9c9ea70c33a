/** Actions in words, short enough for a line. */
import { useI18n } from 'vue-i18n'

import type { Step } from '@/api/macros'
import { useStatuses } from '@/stores/statuses'

import { useWords } from './useWords'

const LONGEST = 40

export function useActionWords() {
  const { t } = useI18n()
  const { urgency } = useWords()
  const statuses = useStatuses()
  void statuses.load().catch(() => {})

  function words(step: Step): string {
    const kind = t(`rules.action.${step.type}`)
    const what = detail(step)
    return what ? t('macros.stepLine', { kind, what }) : kind
  }

  function detail(step: Step): string {
    switch (step.type) {
      case 'set_urgency':
        return urgency(step.urgency ?? '')
      case 'set_status':
        return statuses.label(step.status ?? '')
      case 'assign':
        return step.title ?? step.role ?? t(`rules.to.${step.to ?? 'me'}`)
      case 'set_field':
        return `${step.field ?? ''} = ${String(step.value ?? '')}`
      default:
        return step.tags?.join(' ') ?? shortened(step.text ?? '')
    }
  }

  return { words }
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ')
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line
}
