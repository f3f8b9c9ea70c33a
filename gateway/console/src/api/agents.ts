/** Whom dispatch gives work: skills, capacity, shifts and leaves. */
import { api, take } from './client'
import type { components, paths } from './schema'

type Schemas = components['schemas']

export type Agent = Schemas['Agent']
export type AgentChanges = Schemas['AgentChanges']
export type AgentQuery = NonNullable<paths['/api/v1/dispatch/agents']['get']['parameters']['query']>
export type Leave = Schemas['Leave']
export type Skill = Schemas['Skill']
export type Shift = Schemas['Shift']

const withKey = (key: string) => ({ 'Idempotency-Key': key })
const edit = (key: string, version: number) => ({ ...withKey(key), 'If-Match': `"${version}"` })
const ofAgent = ({ person_id }: Agent) => ({ person_id })

export const listAgents = (query: AgentQuery) =>
  take(api.GET('/api/v1/dispatch/agents', { params: { query } }))

export const getAgent = (personId: string): Promise<Agent> =>
  take(
    api.GET('/api/v1/dispatch/agents/{person_id}', { params: { path: { person_id: personId } } }),
  )

export const changeAgent = (key: string, agent: Agent, body: AgentChanges): Promise<Agent> =>
  take(
    api.PATCH('/api/v1/dispatch/agents/{person_id}', {
      params: { path: ofAgent(agent), header: edit(key, agent.version) },
      body,
    }),
  )

export const addLeave = (key: string, agent: Agent, body: Schemas['NewLeave']): Promise<Leave> =>
  take(
    api.POST('/api/v1/dispatch/agents/{person_id}/leaves', {
      params: { path: ofAgent(agent), header: withKey(key) },
      body,
    }),
  )

export const removeLeave = (key: string, leave: Leave) =>
  take(
    api.DELETE('/api/v1/dispatch/leaves/{leave_id}', {
      params: { path: { leave_id: leave.leave_id }, header: withKey(key) },
    }),
  )

export const listSkills = (withInactive = false) =>
  take(api.GET('/api/v1/skills', { params: { query: { include_inactive: withInactive } } }))

export const createSkill = (key: string, body: Schemas['NewSkill']): Promise<Skill> =>
  take(api.POST('/api/v1/skills', { params: { header: withKey(key) }, body }))

export const changeSkill = (
  key: string,
  skill: Skill,
  body: Schemas['SkillChanges'],
): Promise<Skill> =>
  take(
    api.PATCH('/api/v1/skills/{skill_id}', {
      params: { path: { skill_id: skill.skill_id }, header: edit(key, skill.version) },
      body,
    }),
  )

export const listShifts = () => take(api.GET('/api/v1/shifts'))

export const createShift = (key: string, body: Schemas['NewShift']): Promise<Shift> =>
  take(api.POST('/api/v1/shifts', { params: { header: withKey(key) }, body }))

export const changeShift = (
  key: string,
  shift: Shift,
  body: Schemas['ShiftChanges'],
): Promise<Shift> =>
  take(
    api.PATCH('/api/v1/shifts/{shift_id}', {
      params: { path: { shift_id: shift.shift_id }, header: edit(key, shift.version) },
      body,
    }),
  )

export const removeShift = (key: string, shift: Shift) =>
  take(
    api.DELETE('/api/v1/shifts/{shift_id}', {
      params: { path: { shift_id: shift.shift_id }, header: edit(key, shift.version) },
    }),
  )
