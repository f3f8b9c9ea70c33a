/** 问题单: one cause behind many tickets, and one answer for all of them; one function a route. */
import { api, take } from './client'
import type { components, operations } from './schema'
import type { TicketPage } from './types'

type Schemas = components['schemas']

export type ProblemRow = Schemas['ProblemRow']
export type ProblemPage = Schemas['ProblemPage']
export type ProblemRecord = Schemas['ProblemRecord']
export type ProblemStatus = ProblemRow['status']
export type NewProblem = Schemas['NewProblem']
export type ProblemChanges = Schemas['ProblemChanges']
export type ProblemAnswer = Schemas['ProblemAnswer']
export type ProblemVolume = Schemas['ProblemVolume']
export type AnsweredTicket = Schemas['AnsweredTicket']
export type ProblemQuery = NonNullable<operations['list_problems']['parameters']['query']>

export const PROBLEM_STATUSES: ProblemStatus[] = ['open', 'known', 'solved']
/** As many tickets can be linked with one command. */
export const MOST_AT_ONCE = 50

const withKey = (key: string) => ({ 'Idempotency-Key': key })
const of = (number: string) => ({ path: { number } })
const at = (number: string, key: string) => ({ ...of(number), header: withKey(key) })

export const listProblems = (query: ProblemQuery): Promise<ProblemPage> =>
  take(api.GET('/api/v1/problems', { params: { query } }))

export const getProblem = (number: string): Promise<ProblemRecord> =>
  take(api.GET('/api/v1/problems/{number}', { params: of(number) }))

export const createProblem = (key: string, body: NewProblem): Promise<ProblemRecord> =>
  take(api.POST('/api/v1/problems', { params: { header: withKey(key) }, body }))

export function editProblem(
  key: string,
  { number, version }: ProblemRow,
  body: ProblemChanges,
): Promise<ProblemRecord> {
  const header = { ...withKey(key), 'If-Match': `"${version}"` }
  return take(api.PATCH('/api/v1/problems/{number}', { params: { ...of(number), header }, body }))
}

/** Of the reader's scope, newest first. */
export const listProblemTickets = (
  number: string,
  cursor: string | null,
  limit: number,
): Promise<TicketPage> =>
  take(
    api.GET('/api/v1/problems/{number}/tickets', {
      params: { ...of(number), query: { limit, ...(cursor ? { cursor } : {}) } },
    }),
  )

/** All of them or none. */
export const linkProblem = (key: string, number: string, numbers: string[]) =>
  take(
    api.POST('/api/v1/problems/{number}/tickets', { params: at(number, key), body: { numbers } }),
  )

export const unlinkProblem = (key: string, number: string, ticket: string) =>
  take(
    api.DELETE('/api/v1/problems/{number}/tickets/{ticket}', {
      params: { path: { number, ticket }, header: withKey(key) },
    }),
  )

export const getVolume = (number: string): Promise<ProblemVolume> =>
  take(api.GET('/api/v1/problems/{number}/volume', { params: of(number) }))

export const startAnswer = (key: string, number: string, text: string, solves: boolean) =>
  take(
    api.POST('/api/v1/problems/{number}/answers', {
      params: at(number, key),
      body: { text, solves },
    }),
  )

export const stopAnswer = (key: string, number: string) =>
  take(api.POST('/api/v1/problems/{number}/answers/stop', { params: at(number, key) }))

export const listAnswered = (
  number: string,
  answerId: string,
  status: AnsweredTicket['status'],
  cursor: string | null,
) =>
  take(
    api.GET('/api/v1/problems/{number}/answers/{answer_id}/tickets', {
      params: {
        path: { number, answer_id: answerId },
        query: { status, ...(cursor ? { cursor } : {}) },
      },
    }),
  )
