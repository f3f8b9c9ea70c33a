/** Triggers and automations in the reader's words: events, times, actions, refusals. */
import { useI18n } from 'vue-i18n'

import type { Automation } from '@/api/ticketRules'
import { durationText } from '@/format/duration'
import { language } from '@/i18n'

const MINUTE = 60

export function useTicketRuleWords() {
  const { t, te } = useI18n()

  const known = (prefix: string, key: string) =>
    te(`${prefix}.${key}`) ? t(`${prefix}.${key}`) : key

  /** One of a newer release goes by its own name. */
  const event = (name: string) => known('ticketRules.event', name)

  const action = (type: string) => known('rules.action', type)

  function cause(name: string): string {
    return te(`ticketRules.anchor.${name}`) && !te(`ticketRules.event.${name}`)
      ? t(`ticketRules.anchor.${name}`)
      : event(name)
  }

  function time({ anchor, delay_minutes }: Automation): string {
    return t('ticketRules.after', {
      anchor: t(`ticketRules.anchor.${anchor}`),
      time: durationText(delay_minutes * MINUTE, language.value),
    })
  }

  return { event, action, cause, time }
}
