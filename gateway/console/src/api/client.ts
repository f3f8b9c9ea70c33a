/** The typed client of the gateway; every answer is either data or a thrown Problem. */
import createClient from 'openapi-fetch'

import { connectionLost, problemFrom } from './problem'
import type { paths } from './schema'

/** The gateway takes this header as proof that our own page sent the cookie. */
export const CLIENT_HEADERS = { 'X-Tidedesk-Client': 'console' }

/** The same, of the page for customers. */
export const PORTAL_HEADERS = { 'X-Tidedesk-Client': 'portal' }

const REQUEST_LIMIT_MS = 30_000

const FIRST_STEPS = new Set(['password.change_required', 'second_factor.enrolment_required'])

interface Listeners {
  sessionLost(): void
  /** Something has to be done before anything else, e.g. a new password chosen. */
  firstStep(): void
  connection(isUp: boolean): void
}

let listeners: Listeners = { sessionLost() {}, firstStep() {}, connection() {} }

export function listenToClient(next: Listeners): void {
  listeners = next
}

async function watchedFetch(request: Request): Promise<Response> {
  try {
    const response = await limitedFetch(request)
    noteAnswer(response.status)
    return response
  } catch (error) {
    listeners.connection(false)
    throw error
  }
}

/** Told of every answer, also of those that do not come through `api`. */
export function noteAnswer(status: number): void {
  listeners.connection(status > 0)
  if (status === 401) listeners.sessionLost()
}

export const api = createClient<paths>({
  baseUrl: window.location.origin,
  headers: CLIENT_HEADERS,
  credentials: 'same-origin',
  fetch: watchedFetch,
})

/** For customers: their cookie is another one, and its end says nothing about a colleague's. */
export const portalApi = createClient<paths>({
  baseUrl: window.location.origin,
  headers: PORTAL_HEADERS,
  credentials: 'same-origin',
  fetch: limitedFetch,
})

export type Api = typeof api

async function limitedFetch(request: Request): Promise<Response> {
  try {
    return await fetch(request, { signal: AbortSignal.timeout(REQUEST_LIMIT_MS) })
  } catch (error) {
    throw connectionLost(error)
  }
}

interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

/** The data of an answer; anything but a 2xx becomes a Problem. */
export async function take<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await answer
  if (response.ok) return data as T
  const problem = problemFrom(response.status, error)
  if (FIRST_STEPS.has(problem.code)) listeners.firstStep()
  throw problem
}
