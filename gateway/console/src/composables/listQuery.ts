/** The list's filters as they stand in the address, and as the gateway wants them. */
import type { LocationQuery } from 'vue-router'

import type { TicketQuery } from '@/api/tickets'
import { endOfDay, startOfDay } from '@/format/time'

export const VIEWS = [
  'mine',
  'unassigned',
  'open',
  'overdue',
  'follow_up',
  'solved',
  'all',
  'done',
  'cc',
  'supervised',
  'bin',
] as const
/** What may be asked for by due time: overdue, or due within the hour. */
export const DUE = ['overdue', 'soon'] as const
/** How content customers are: not at all until now, by their scores, or never asked. */
export const SATISFACTIONS = ['dissatisfied', 'low', 'fair', 'good', 'none'] as const
export type View = (typeof VIEWS)[number]
export type SatisfactionFilter = (typeof SATISFACTIONS)[number]

export interface ListFilters {
  view: View
  status: string[]
  urgency: string
  channel: string
  kind: string
  /** A category of tickets with all below it, or `none`. */
  category: string
  assignee: string
  group: string
  /** The id of one that somebody has saved; it narrows the view further. */
  saved_view: string
  q: string
  from: string
  to: string
  /** Tickets whose time is up, or soon will be. */
  due: string
  /** One of SATISFACTIONS. */
  satisfaction: string
  sort: string
}

const SATISFACTION_QUERIES: Record<
  SatisfactionFilter,
  Pick<TicketQuery, 'score' | 'is_dissatisfied'>
> = {
  dissatisfied: { is_dissatisfied: true },
  low: { score: '1,2' },
  fair: { score: '3' },
  good: { score: '4,5' },
  none: { score: 'none' },
}

const DEFAULT_SORT = '-updated_at'
/** What is overdue longest is to be done first. */
const sortOf = (view: View) => (view === 'overdue' ? 'due' : DEFAULT_SORT)
const DAY = /^\d{4}-\d{2}-\d{2}$/

export function filtersFrom(query: LocationQuery): ListFilters {
  const one = (name: string) => {
    const value = query[name]
    return typeof value === 'string' ? value : ''
  }
  const day = (name: string) => (DAY.test(one(name)) ? one(name) : '')
  const view = VIEWS.find((known) => known === one('view')) ?? 'mine'
  return {
    view,
    status: one('status').split(',').filter(Boolean),
    urgency: one('urgency'),
    channel: one('channel'),
    kind: one('kind'),
    category: one('category'),
    assignee: one('assignee'),
    group: one('group'),
    saved_view: one('saved_view'),
    q: one('q'),
    from: day('from'),
    to: day('to'),
    due: DUE.find((known) => known === one('due')) ?? '',
    satisfaction: SATISFACTIONS.find((known) => known === one('satisfaction')) ?? '',
    sort: one('sort') || sortOf(view),
  }
}

/** Only what differs from the default, so that addresses stay short. */
export function addressOf(filters: ListFilters): Record<string, string> {
  const { view, status, sort, ...rest } = filters
  const words = Object.entries(rest).filter(([, value]) => value !== '')
  return {
    view,
    ...(status.length ? { status: status.join(',') } : {}),
    ...Object.fromEntries(words),
    ...(sort === sortOf(view) ? {} : { sort }),
  }
}

export function requestOf(filters: ListFilters, cursor: string | null, limit: number): TicketQuery {
  const { view, status, from, to, sort, satisfaction, ...rest } = filters
  const words = Object.entries(rest).filter(([, value]) => value !== '')
  const request = {
    view,
    sort,
    limit,
    ...Object.fromEntries(words),
    ...(status.length ? { status: status.join(',') } : {}),
    ...(from ? { created_from: startOfDay(from) } : {}),
    ...(to ? { created_to: endOfDay(to) } : {}),
    ...(satisfaction ? SATISFACTION_QUERIES[satisfaction as SatisfactionFilter] : {}),
    ...(cursor ? { cursor } : {}),
  }
  return request as TicketQuery
}

export function hasFilters(filters: ListFilters): boolean {
  const { view: _view, saved_view: _saved, sort: _sort, status, ...rest } = filters
  return status.length > 0 || Object.values(rest).some((value) => value !== '')
}

/** A second click on a column's head turns the order round. */
export function nextSort(sort: string, column: string, firstIsDescending: boolean): string {
  const first = firstIsDescending ? `-${column}` : column
  const second = firstIsDescending ? column : `-${column}`
  return sort === first ? second : first
}
