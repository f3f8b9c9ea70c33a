/** Policies, calendars, clocks and what is overdue: the SLA part of the REST interface. */
import { api, take } from './client'
import type { components } from './schema'

type Schemas = components['schemas']

export type Policy = Schemas['SlaPolicy']
export type NewPolicy = Schemas['NewSlaPolicy']
export type Targets = Schemas['Targets']
export type Step = Schemas['PolicyStepView']
export type PolicyTrial = Schemas['PolicyTrial']
export type PolicyTrialResult = Schemas['PolicyTrialResult']
export type ClockOfTrial = Schemas['ClockOfTrial']
export type Clock = Schemas['ClockView']
export type ClockSpan = Schemas['ClockSpan']
export type ClockStep = Schemas['ClockStep'] & { told_at?: string | null }
export type Calendar = Schemas['SlaCalendar']
export type NewCalendar = Schemas['NewSlaCalendar']
export type CalendarDay = Schemas['CalendarDay']
export type SlaBoard = Schemas['SlaBoard']
export type SlaGroup = Schemas['SlaBoardGroup']
export type DueTicket = Schemas['DueTicket']
export type SlaSettings = Schemas['SlaSettings']

/** Periods by ISO weekday, 1 (Monday) to 7; a day that is missing is closed. */
export type Weekly = Record<string, string[][]>

export const TARGETS = ['first_reply', 'next_reply', 'update', 'resolution', 'accept'] as const
export type TargetName = (typeof TARGETS)[number]
export const DAY_KINDS = ['holiday', 'workday', 'special'] as const

const withKey = (key: string) => ({ 'Idempotency-Key': key })
const edit = (key: string, version: number) => ({ ...withKey(key), 'If-Match': `"${version}"` })
const ofPolicy = ({ policy_id }: Policy) => ({ policy_id })
const ofCalendar = ({ calendar_id }: Calendar) => ({ calendar_id })

export const listPolicies = () => take(api.GET('/api/v1/sla/policies'))

export const createPolicy = (key: string, body: NewPolicy): Promise<Policy> =>
  take(api.POST('/api/v1/sla/policies', { params: { header: withKey(key) }, body }))

export const replacePolicy = (key: string, policy: Policy, body: NewPolicy): Promise<Policy> =>
  take(
    api.PUT('/api/v1/sla/policies/{policy_id}', {
      params: { path: ofPolicy(policy), header: edit(key, policy.version) },
      body,
    }),
  )

export const removePolicy = (key: string, policy: Policy) =>
  take(
    api.DELETE('/api/v1/sla/policies/{policy_id}', {
      params: { path: ofPolicy(policy), header: edit(key, policy.version) },
    }),
  )

export const orderPolicies = (key: string, policyIds: string[]) =>
  take(
    api.PUT('/api/v1/sla/policies/order', {
      params: { header: withKey(key) },
      body: { policy_ids: policyIds },
    }),
  )

export const tryPolicies = (body: PolicyTrial): Promise<PolicyTrialResult> =>
  take(api.POST('/api/v1/sla/policies/trials', { body }))

export const listCalendars = () => take(api.GET('/api/v1/sla/calendars'))

export const createCalendar = (key: string, body: NewCalendar): Promise<Calendar> =>
  take(api.POST('/api/v1/sla/calendars', { params: { header: withKey(key) }, body }))

export const replaceCalendar = (
  key: string,
  calendar: Calendar,
  body: NewCalendar,
): Promise<Calendar> =>
  take(
    api.PUT('/api/v1/sla/calendars/{calendar_id}', {
      params: { path: ofCalendar(calendar), header: edit(key, calendar.version) },
      body,
    }),
  )

export const removeCalendar = (key: string, calendar: Calendar) =>
  take(
    api.DELETE('/api/v1/sla/calendars/{calendar_id}', {
      params: { path: ofCalendar(calendar), header: edit(key, calendar.version) },
    }),
  )

export const listDays = (calendarId: string, year: number) =>
  take(
    api.GET('/api/v1/sla/calendars/{calendar_id}/days', {
      params: { path: { calendar_id: calendarId }, query: { year } },
    }),
  )

export const setDay = (
  key: string,
  calendarId: string,
  date: string,
  body: Schemas['NewCalendarDay'],
) =>
  take(
    api.PUT('/api/v1/sla/calendars/{calendar_id}/days/{date}', {
      params: { path: { calendar_id: calendarId, date }, header: withKey(key) },
      body,
    }),
  )

export const removeDay = (key: string, calendarId: string, date: string) =>
  take(
    api.DELETE('/api/v1/sla/calendars/{calendar_id}/days/{date}', {
      params: { path: { calendar_id: calendarId, date }, header: withKey(key) },
    }),
  )

export const addHolidays = (key: string, calendarId: string, country: string, year: number) =>
  take(
    api.POST('/api/v1/sla/calendars/{calendar_id}/holidays', {
      params: { path: { calendar_id: calendarId }, header: withKey(key) },
      body: { country, year },
    }),
  )

export const getSlaBoard = (): Promise<SlaBoard> => take(api.GET('/api/v1/sla/board'))

export const listClocks = (number: string) =>
  take(api.GET('/api/v1/tickets/{number}/clocks', { params: { path: { number } } }))

export const getSlaSettings = (): Promise<SlaSettings> => take(api.GET('/api/v1/sla/settings'))

export const changeSlaSettings = (
  key: string,
  settings: SlaSettings,
  body: Schemas['SlaSettingsChanges'],
): Promise<SlaSettings> =>
  take(
    api.PATCH('/api/v1/sla/settings', {
      params: { header: edit(key, settings.version) },
      body,
    }),
  )
