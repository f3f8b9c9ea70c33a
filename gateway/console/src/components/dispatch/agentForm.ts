/** An agent's profile as it is edited. */
import type { Agent, AgentChanges } from '@/api/agents'
import type { SkillLevel } from '@/api/dispatch'

export interface AgentForm {
  capacity: number | undefined
  seniority: number
  languages: string[]
  skills: SkillLevel[]
  shift_id: string
  grab_quota: number | undefined
  is_automatic: boolean
  note: string
}

export function formOf(agent: Agent): AgentForm {
  return {
    capacity: agent.capacity ?? undefined,
    seniority: agent.seniority,
    languages: [...agent.languages],
    skills: agent.skills.map(({ skill_id, level }) => ({ skill_id, level })),
    shift_id: agent.shift?.shift_id ?? '',
    grab_quota: agent.grab_quota ?? undefined,
    is_automatic: agent.is_automatic,
    note: agent.note,
  }
}

/** Only what is another now: what somebody else has changed beside it stays. */
export function changesOf(agent: Agent, form: AgentForm): AgentChanges {
  const [before, after] = [sent(formOf(agent)), sent(form)]
  return Object.fromEntries(
    Object.entries(after).filter(
      ([name, value]) =>
        JSON.stringify(value) !== JSON.stringify(before[name as keyof typeof before]),
    ),
  )
}

function sent(form: AgentForm) {
  return {
    capacity: form.capacity ?? null,
    seniority: form.seniority,
    languages: form.languages.map((one) => one.trim()).filter(Boolean),
    skills: form.skills.filter((need) => need.skill_id),
    shift_id: form.shift_id || null,
    grab_quota: form.grab_quota ?? null,
    is_automatic: form.is_automatic,
    note: form.note.trim(),
  }
}
