import { expect, test } from 'vitest'

import { problemFrom } from '../src/api/problem'

test('a problem keeps its code, fields and request id', () => {
  const body = {
    code: 'field.required',
    errors: { subject: ['missing'] },
    request_id: 'r1',
    detail: 'no',
  }
  const problem = problemFrom(422, body)
  expect(problem).toMatchObject({
    status: 422,
    code: 'field.required',
    requestId: 'r1',
    detail: 'no',
  })
  expect(problem.errors).toEqual({ subject: ['missing'] })
})

test("a proxy's page becomes a problem named by its status", () => {
  expect(problemFrom(502, '<html>Bad gateway</html>')).toMatchObject({
    status: 502,
    code: 'http.502',
  })
  expect(problemFrom(504, undefined).code).toBe('http.504')
})

test('only a 503 that says so leaves the outcome unknown', () => {
  expect(problemFrom(503, { code: 'command.timeout', outcome: 'unknown' }).isOutcomeUnknown).toBe(
    true,
  )
  expect(problemFrom(503, { code: 'service.unavailable' }).isOutcomeUnknown).toBe(false)
})
