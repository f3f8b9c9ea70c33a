/** Presence, grab pool, board, rules and agents: the dispatch part of the REST interface. */
import { api, take } from './client'
import type { components } from './schema'

type Schemas = components['schemas']

export type OwnPresence = Schemas['OwnPresence']
export type PresenceState = OwnPresence['state']

export const PRESENCE_STATES = ['online', 'busy', 'away', 'offline'] as const

const withKey = (key: string) => ({ 'Idempotency-Key': key })

export const getOwnPresence = () => take(api.GET('/api/v1/presence/own'))

export const setOwnPresence = (state: PresenceState): Promise<OwnPresence> =>
  take(
    api.PUT('/api/v1/presence/own', {
      params: { header: withKey(crypto.randomUUID()) },
      body: { state },
    }),
  )

export const sendHeartbeat = (): Promise<OwnPresence> =>
  take(api.POST('/api/v1/presence/own/heartbeats'))

export type Offer = Schemas['Offer']
export type OfferPage = Schemas['OfferPage']
export type BoardGroup = Schemas['BoardGroup']
export type BoardPerson = Schemas['BoardPerson']
export type GroupBoard = Schemas['GroupBoard']
export type WaitingTicket = Schemas['WaitingTicket']

export const listPool = (cursor?: string | null): Promise<OfferPage> =>
  take(api.GET('/api/v1/grab-pool', { params: { query: cursor ? { cursor } : {} } }))

export const grabTicket = (key: string, number: string) =>
  take(
    api.POST('/api/v1/tickets/{number}/grabs', {
      params: { path: { number }, header: withKey(key) },
    }),
  )

export const getBoard = () => take(api.GET('/api/v1/dispatch/board'))

export const getGroupBoard = (groupId: string): Promise<GroupBoard> =>
  take(
    api.GET('/api/v1/dispatch/board/groups/{group_id}', {
      params: { path: { group_id: groupId } },
    }),
  )

export const setPresenceOf = (key: string, personId: string, state: PresenceState) =>
  take(
    api.PUT('/api/v1/dispatch/agents/{person_id}/presence', {
      params: { path: { person_id: personId }, header: withKey(key) },
      body: { state },
    }),
  )

export const handOver = (key: string, personId: string, reason: string, toPersonId?: string) =>
  take(
    api.POST('/api/v1/dispatch/agents/{person_id}/hand-overs', {
      params: { path: { person_id: personId }, header: withKey(key) },
      body: { reason, ...(toPersonId ? { to_person_id: toPersonId } : {}) },
    }),
  )

export type Rule = Schemas['DispatchRule']
export type NewRule = Schemas['NewDispatchRule']
export type RuleWarning = Schemas['RuleWarning']
export type SkillLevel = Schemas['SkillLevel']
export type Explanation = Schemas['Explanation']
export type Finding = Schemas['Finding']
export type Sample = Schemas['Sample']
export type RuleTrial = Schemas['RuleTrial']
export type RuleTrialResult = Schemas['RuleTrialResult']

export const MODES = ['push', 'grab'] as const
export const STRATEGIES = ['least_loaded', 'round_robin', 'skill_match', 'senior_first'] as const

const edit = (key: string, version: number) => ({ ...withKey(key), 'If-Match': `"${version}"` })
const ofRule = ({ rule_id }: Rule) => ({ rule_id })

export const listRules = () => take(api.GET('/api/v1/dispatch/rules'))

/** With what will keep it from doing what it says. */
export const getRule = (ruleId: string): Promise<Rule> =>
  take(api.GET('/api/v1/dispatch/rules/{rule_id}', { params: { path: { rule_id: ruleId } } }))

export const createRule = (key: string, body: NewRule): Promise<Rule> =>
  take(api.POST('/api/v1/dispatch/rules', { params: { header: withKey(key) }, body }))

export const replaceRule = (key: string, rule: Rule, body: NewRule): Promise<Rule> =>
  take(
    api.PUT('/api/v1/dispatch/rules/{rule_id}', {
      params: { path: ofRule(rule), header: edit(key, rule.version) },
      body,
    }),
  )

export const removeRule = (key: string, rule: Rule) =>
  take(
    api.DELETE('/api/v1/dispatch/rules/{rule_id}', {
      params: { path: ofRule(rule), header: edit(key, rule.version) },
    }),
  )

export const orderRules = (key: string, ruleIds: string[]) =>
  take(
    api.PUT('/api/v1/dispatch/rules/order', {
      params: { header: withKey(key) },
      body: { rule_ids: ruleIds },
    }),
  )

export const tryRules = (body: RuleTrial): Promise<RuleTrialResult> =>
  take(api.POST('/api/v1/dispatch/rules/trials', { body }))

export type DispatchSettings = Schemas['DispatchSettings']

export const getDispatchSettings = (): Promise<DispatchSettings> =>
  take(api.GET('/api/v1/dispatch/settings'))

export const changeDispatchSettings = (
  key: string,
  version: number,
  body: Schemas['DispatchSettingsChanges'],
): Promise<DispatchSettings> =>
  take(
    api.PATCH('/api/v1/dispatch/settings', {
      params: { header: edit(key, version) },
      body,
    }),
  )

export type Decision = Schemas['Decision']
export type Candidate = Schemas['Candidate']

export const listDecisions = (number: string) =>
  take(api.GET('/api/v1/tickets/{number}/decisions', { params: { path: { number } } }))

export const listCandidates = (number: string, groupId?: string) =>
  take(
    api.GET('/api/v1/tickets/{number}/candidates', {
      params: { path: { number }, query: groupId ? { group_id: groupId } : {} },
    }),
  )
