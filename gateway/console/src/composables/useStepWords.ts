/** Steps in the reader's words: their names, who is told, what is done. */
import { useI18n } from 'vue-i18n'

import type { Action, Recipient } from '@/api/conditions'
import type { Step } from '@/api/sla'
import { useConditionFields } from '@/stores/conditionFields'
import { useStatuses } from '@/stores/statuses'

import { useWords } from './useWords'

export function useStepWords() {
  const { t, te } = useI18n()
  const { urgency, roleName } = useWords()
  const statuses = useStatuses()
  const fields = useConditionFields()

  /** Shipped steps have words of their own; `remind#3` is the third time of `remind`. */
  function name(key: string): string {
    const [plain = '', number] = key.split('#')
    const word = te(`sla.stepName.${plain}`) ? t(`sla.stepName.${plain}`) : plain
    return number ? t('sla.step.nth', { name: word, number }) : word
  }

  function whom(one: { to?: string; title?: string; role?: string }): string {
    if (one.to === 'title') return one.title ?? ''
    if (one.to === 'role') return roleName({ role: one.role ?? '' })
    return t(`rules.to.${one.to}`)
  }

  function told(recipients: Recipient[]): string {
    return recipients.map(whom).join(t('rules.comma'))
  }

  function deed(action: Action): string {
    const word = t(`rules.action.${action.type}`)
    return [word, object(action)].filter(Boolean).join(' ')
  }

  function object(action: Action): string {
    switch (action.type) {
      case 'set_urgency':
        return urgency(action.urgency ?? '')
      case 'add_tags':
      case 'remove_tags':
        return (action.tags ?? []).join(t('rules.comma'))
      case 'set_status':
        return statuses.label(action.status ?? '')
      case 'transfer':
        return fields.names.get(action.group_id ?? '') ?? t('rules.some.groups')
      case 'assign':
        return whom(action)
      default:
        return t('rules.quoted', { text: action.text ?? '' })
    }
  }

  /** One text for all who are told, then one an action. */
  function effects(step: Step): string[] {
    const notice = step.recipients.length
      ? [t('sla.step.tell', { who: told(step.recipients) })]
      : []
    return [...notice, ...step.actions.map(deed)]
  }

  return { name, effects }
}
