/** A rule as it is edited: what the server answers, and what is sent back. */
import type { Condition } from '@/api/conditions'
import type { NewRule, Rule, SkillLevel } from '@/api/dispatch'

export interface RuleForm extends Omit<Required<NewRule>, 'condition'> {
  condition: Condition
}

const FRESH: RuleForm = {
  name: '',
  is_active: true,
  condition: { all: [] },
  group_id: '',
  mode: 'push',
  strategy: 'least_loaded',
  is_sticky: false,
  matches_language: false,
  required_skills: [],
  preferred_skills: [],
  overflow_group_ids: [],
  grab_seconds: 300,
}

const LEAST_GRAB_SECONDS = 30

export function formOf(rule: Rule | null): RuleForm {
  if (!rule) return { ...FRESH }
  return {
    name: rule.name,
    is_active: rule.is_active,
    condition: rule.condition as Condition,
    group_id: rule.group_id,
    mode: rule.mode,
    strategy: rule.strategy,
    is_sticky: rule.is_sticky,
    matches_language: rule.matches_language,
    required_skills: rule.required_skills.map(levelOf),
    preferred_skills: rule.preferred_skills.map(levelOf),
    overflow_group_ids: rule.overflow_group_ids,
    grab_seconds: rule.grab_seconds,
  }
}

function levelOf({ skill_id, level }: SkillLevel & { level: number }): SkillLevel {
  return { skill_id, level }
}

/** Rows without a skill are left out, and what only a pool has where there is none. */
export function bodyOf(form: RuleForm): NewRule {
  const named = (needs: SkillLevel[]) => needs.filter((need) => need.skill_id)
  return {
    ...form,
    name: form.name.trim(),
    condition: form.condition as NewRule['condition'],
    required_skills: named(form.required_skills),
    preferred_skills: named(form.preferred_skills),
    grab_seconds: form.mode === 'grab' ? form.grab_seconds : null,
  }
}

export function isComplete(form: RuleForm): boolean {
  const seconds = form.grab_seconds
  const isTimed = form.mode !== 'grab' || seconds === null || seconds >= LEAST_GRAB_SECONDS
  return !!form.name.trim() && !!form.group_id && isTimed
}
