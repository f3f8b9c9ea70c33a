/** A trigger or an automation as it is edited. */
import type { Action, Condition } from '@/api/conditions'
import type {
  Anchor,
  Automation,
  NewAutomation,
  NewTrigger,
  RuleKind,
  RuleTrial,
  TicketRule,
  Trigger,
} from '@/api/ticketRules'

export interface RuleForm {
  name: string
  is_active: boolean
  condition: Condition
  actions: Action[]
  events: string[]
  anchor: Anchor
  /** Null while nothing is entered. */
  delay_minutes: number | null
}

const DAY_MINUTES = 1_440
const LEAST_MINUTES = 5

export function formOf(rule: TicketRule | null): RuleForm {
  const [trigger, automation] = [rule as Trigger | null, rule as Automation | null]
  return {
    name: rule?.name ?? '',
    is_active: rule?.is_active ?? true,
    condition: (rule?.condition as Condition) ?? { all: [] },
    actions: rule?.actions ?? [],
    events: trigger?.events ?? ['created'],
    anchor: automation?.anchor ?? 'customer_message',
    delay_minutes: automation?.delay_minutes ?? DAY_MINUTES,
  }
}

export function bodyOf(kind: RuleKind, form: RuleForm): NewTrigger | NewAutomation {
  const { events, anchor, delay_minutes, ...both } = form
  const common = {
    ...both,
    name: form.name.trim(),
    condition: form.condition as NewTrigger['condition'],
  }
  if (kind === 'trigger') return { ...common, events }
  return { ...common, anchor, delay_minutes: delay_minutes ?? 0 }
}

export function trialOf(form: RuleForm): RuleTrial {
  return {
    condition: form.condition as RuleTrial['condition'],
    anchor: form.anchor,
    delay_minutes: form.delay_minutes ?? 0,
  }
}

export function isComplete(kind: RuleKind, form: RuleForm): boolean {
  const isTimed = kind === 'trigger' || (form.delay_minutes ?? 0) >= LEAST_MINUTES
  const hasEvents = kind === 'automation' || form.events.length > 0
  return !!form.name.trim() && form.actions.length > 0 && isTimed && hasEvents
}
