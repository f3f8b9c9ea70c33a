import { expect, test } from 'vitest'

import type { SheetForm, SheetItem } from '../src/api/quality'
import { type GivenScores, isComplete, missing, totalOf } from '../src/components/quality/scoreForm'

const item = (item_id: string, more: Partial<SheetItem> = {}): SheetItem => ({
  item_id,
  name: item_id,
  guide: null,
  kind: 'points',
  max: 10,
  weight: 1,
  is_fatal: false,
  comment_below: null,
  ...more,
})

const sheet = (...items: SheetItem[]): SheetForm => ({
  sheet_id: 's',
  number: 1,
  name: '评分表',
  pass_mark: 80,
  appeal_days: 7,
  sections: [{ name: '服务', items }],
})

const given = (points: Record<string, number | null>): GivenScores =>
  Object.fromEntries(
    Object.entries(points).map(([key, value]) => [key, { points: value, comment: '' }]),
  )

test('the total is the weighted share, and half is rounded up as the service does', () => {
  const form = sheet(item('a', { weight: 3 }), item('b', { kind: 'yes_no', max: 1 }))
  expect(totalOf(form, given({ a: 7, b: 1 }))).toBe(78)
  expect(totalOf(form, given({ a: 10, b: 1 }))).toBe(100)
})

test('there is no total before every item has points', () => {
  const form = sheet(item('a'), item('b'))
  expect(totalOf(form, given({ a: 7, b: null }))).toBeNull()
  expect(missing(form, given({ a: 7, b: null }))).toBe(1)
})

test('a fatal item without points takes everything', () => {
  const form = sheet(item('a', { kind: 'yes_no', max: 1, is_fatal: true }), item('b'))
  expect(totalOf(form, given({ a: 0, b: 10 }))).toBe(0)
})

test('few points want a comment', () => {
  const form = sheet(item('a', { comment_below: 6 }))
  expect(isComplete(form, given({ a: 5 }))).toBe(false)
  expect(isComplete(form, given({ a: 6 }))).toBe(true)
  expect(isComplete(form, { a: { points: 5, comment: '答非所问' } })).toBe(true)
})
