/** Triggers and automations. Both are asked for in the same way; `kind` says which. */
import { api, take } from './client'
import type { components } from './schema'
import type { ConditionTrialResult } from './views'

type Schemas = components['schemas']

export type RuleKind = 'trigger' | 'automation'
export type Trigger = Schemas['Trigger']
export type Automation = Schemas['Automation']
export type TicketRule = Trigger | Automation
export type NewTrigger = Schemas['NewTrigger']
export type NewAutomation = Schemas['NewAutomation']
export type RuleRun = Schemas['RuleRun']
export type RuleRunPage = Schemas['RuleRunPage']
export type RuleTrial = Schemas['AutomationTrial']

export const ANCHORS = [
  'created',
  'touched',
  'status_changed',
  'customer_message',
  'solved',
] as const
export type Anchor = (typeof ANCHORS)[number]

const withKey = (key: string) => ({ 'Idempotency-Key': key })
const edit = (key: string, version: number) => ({ ...withKey(key), 'If-Match': `"${version}"` })
const path = (rule: TicketRule) => ({ rule_id: rule.rule_id })

export interface RulePage {
  items: TicketRule[]
  /** What a trigger may be for. */
  events?: string[]
}

export const listRules = (kind: RuleKind): Promise<RulePage> =>
  kind === 'trigger' ? take(api.GET('/api/v1/triggers')) : take(api.GET('/api/v1/automations'))

export function saveRule(
  key: string,
  kind: RuleKind,
  old: TicketRule | null,
  body: NewTrigger | NewAutomation,
): Promise<TicketRule> {
  if (kind === 'trigger') {
    const sent = body as NewTrigger
    if (!old)
      return take(api.POST('/api/v1/triggers', { params: { header: withKey(key) }, body: sent }))
    const params = { path: path(old), header: edit(key, old.version) }
    return take(api.PUT('/api/v1/triggers/{rule_id}', { params, body: sent }))
  }
  const sent = body as NewAutomation
  if (!old)
    return take(api.POST('/api/v1/automations', { params: { header: withKey(key) }, body: sent }))
  const params = { path: path(old), header: edit(key, old.version) }
  return take(api.PUT('/api/v1/automations/{rule_id}', { params, body: sent }))
}

export function removeRule(key: string, kind: RuleKind, rule: TicketRule) {
  const params = { path: path(rule), header: edit(key, rule.version) }
  return kind === 'trigger'
    ? take(api.DELETE('/api/v1/triggers/{rule_id}', { params }))
    : take(api.DELETE('/api/v1/automations/{rule_id}', { params }))
}

export function orderRules(key: string, kind: RuleKind, ruleIds: string[]): Promise<RulePage> {
  const options = { params: { header: withKey(key) }, body: { rule_ids: ruleIds } }
  return kind === 'trigger'
    ? take(api.PUT('/api/v1/triggers/order', options))
    : take(api.PUT('/api/v1/automations/order', options))
}

export function listRuns(
  kind: RuleKind,
  ruleId: string,
  cursor: string | null,
): Promise<RuleRunPage> {
  const params = { path: { rule_id: ruleId }, query: cursor ? { cursor } : {} }
  return kind === 'trigger'
    ? take(api.GET('/api/v1/triggers/{rule_id}/runs', { params }))
    : take(api.GET('/api/v1/automations/{rule_id}/runs', { params }))
}

export function tryRule(kind: RuleKind, body: RuleTrial): Promise<ConditionTrialResult> {
  if (kind === 'automation') return take(api.POST('/api/v1/automations/trials', { body }))
  return take(api.POST('/api/v1/triggers/trials', { body: { condition: body.condition } }))
}
