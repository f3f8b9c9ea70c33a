/** The filters of surveys as they stand in the address, and as the gateway wants them. */
import type { LocationQuery } from 'vue-router'

import type { SurveyQuery } from '@/api/surveys'
import { endOfDay, startOfDay } from '@/format/time'

export const SURVEY_STATUSES = [
  'answered',
  'sent',
  'waiting',
  'expired',
  'superseded',
  'cancelled',
] as const
/** Scores that are looked at together. */
export const SCORE_GROUPS = { low: '1,2', fair: '3', good: '4,5' } as const

const DAY = /^\d{4}-\d{2}-\d{2}$/
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

export interface SurveyFilters {
  /** Empty: those that were answered. */
  status: string
  /** One score, or a group of SCORE_GROUPS. */
  score: string
  number: string
  group: string
  agent: string
  from: string
  to: string
}

export function surveyFiltersFrom(query: LocationQuery): SurveyFilters {
  const one = (name: string) => {
    const value = query[name]
    return typeof value === 'string' ? value : ''
  }
  const fitting = (name: string, form: RegExp) => (form.test(one(name)) ? one(name) : '')
  const status = SURVEY_STATUSES.find((known) => known === one('status')) ?? ''
  return {
    status: status === 'answered' ? '' : status,
    score: one('score') in SCORE_GROUPS ? one('score') : fitting('score', /^[1-5]$/),
    number: one('number'),
    group: fitting('group', UUID),
    agent: fitting('agent', UUID),
    from: fitting('from', DAY),
    to: fitting('to', DAY),
  }
}

/** Only what is set, so that addresses stay short. */
export function surveyAddressOf(filters: SurveyFilters): Record<string, string> {
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== ''))
}

export function surveyRequestOf(
  filters: SurveyFilters,
  cursor: string | null,
  limit: number,
): SurveyQuery {
  const { status, score, number, group, agent, from, to } = filters
  const scores = SCORE_GROUPS[score as keyof typeof SCORE_GROUPS] ?? score
  return {
    limit,
    ...(status ? { status: status as SurveyQuery['status'] } : {}),
    // Who has not answered has no score.
    ...(scores && !status ? { score: scores } : {}),
    ...(number ? { number } : {}),
    ...(group ? { group_id: group } : {}),
    ...(agent ? { agent_id: agent } : {}),
    ...(from ? { from: startOfDay(from) } : {}),
    ...(to ? { until: endOfDay(to) } : {}),
    ...(cursor ? { cursor } : {}),
  } as SurveyQuery
}

export function hasSurveyFilters(filters: SurveyFilters): boolean {
  return Object.keys(surveyAddressOf(filters)).length > 0
}
