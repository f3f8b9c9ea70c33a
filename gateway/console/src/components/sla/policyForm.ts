/** A policy while it is being edited, and as it is sent. */
import type { Condition } from '@/api/conditions'
import type { NewPolicy, Policy, Step, Targets } from '@/api/sla'

export interface PolicyForm {
  name: string
  is_active: boolean
  condition: Condition
  calendar_id: string | null
  pause_statuses: string[]
  targets: Targets
  steps: Step[]
}

export function formOf(policy: Policy | null): PolicyForm {
  if (!policy) {
    return {
      name: '',
      is_active: true,
      condition: { all: [] },
      calendar_id: null,
      pause_statuses: [],
      targets: {},
      steps: [],
    }
  }
  const { name, is_active, calendar_id, pause_statuses, targets, steps } = structuredClone(policy)
  const condition = structuredClone(policy.condition) as Condition
  return { name, is_active, condition, calendar_id, pause_statuses, targets, steps }
}

export function bodyOf(form: PolicyForm): NewPolicy {
  return { ...form, name: form.name.trim(), condition: form.condition as NewPolicy['condition'] }
}
