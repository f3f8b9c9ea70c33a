import { describe, expect, test } from 'vitest'

import { byDue, clockState, isOpen, isShort } from '../src/format/clocks'
import { countdownText, durationText, unitOf } from '../src/format/duration'
import { areMarked, pathsOf } from '../src/format/fieldErrors'
import { ruleError } from '../src/format/ruleErrors'
import { stretchTimes } from '../src/format/stretches'
import { asTime, hoursText, kindOf, monthCells, plusDays, weekParts } from '../src/format/weekly'

const HOUR = 3600
const OFFICE = [
  ['09:00', '12:00'],
  ['13:00', '18:00'],
]
const WEEK = { '1': OFFICE, '2': OFFICE, '3': OFFICE, '4': OFFICE, '5': OFFICE, '6': [], '7': [] }

describe('lengths of time', () => {
  test('are told in two units at most', () => {
    expect(durationText(90 * 60, 'en')).toBe('1 hr 30 min')
    expect(durationText(2 * HOUR, 'zh-CN')).toBe('2小时')
    expect(durationText(59, 'en')).toBe('59 sec')
  })

  test('stay hours up to three days, so that promises can be compared', () => {
    expect(durationText(24 * HOUR, 'en')).toBe('24 hr')
    expect(durationText(72 * HOUR, 'en')).toBe('72 hr')
    expect(durationText(100 * HOUR, 'en')).toBe('4 days 4 hr')
  })

  test('are counted to the second in the last hour', () => {
    expect(countdownText(249, 'en')).toBe('04:09')
    expect(countdownText(2 * HOUR, 'en')).toBe('2 hr')
    expect(countdownText(-3, 'en')).toBe('00:00')
  })

  test('are entered in the largest unit that fits', () => {
    expect([60, 5400, 7200, 96 * HOUR].map(unitOf)).toEqual(['minute', 'minute', 'hour', 'day'])
    expect(unitOf(24 * HOUR)).toBe('hour')
  })
})

describe('a week of hours', () => {
  test('is told in parts of the same hours', () => {
    const parts = weekParts(WEEK).map(({ from, to, periods }) => [from, to, hoursText(periods)])
    expect(parts).toEqual([
      [1, 5, '09:00–12:00 13:00–18:00'],
      [6, 7, ''],
    ])
  })

  test('gives way to a day of its own', () => {
    const holiday = {
      date: '2026-10-01',
      kind: 'holiday' as const,
      periods: [],
      name: '国庆节',
      source: null,
    }
    expect(kindOf('2026-10-01', WEEK, holiday)).toBe('holiday')
    expect(kindOf('2026-10-02', WEEK, undefined)).toBe('open')
    expect(kindOf('2026-10-03', WEEK, undefined)).toBe('closed')
  })

  test('begins a month under its weekday', () => {
    const cells = monthCells(2026, 9)
    expect(cells.slice(0, 4)).toEqual([null, null, null, '2026-10-01'])
    expect(cells.at(-1)).toBe('2026-10-31')
    expect(plusDays('2026-12-31', 1)).toBe('2027-01-01')
  })

  test('takes times as people type them', () => {
    expect(['9', '9:5', '0905', '９', '24:00'].map(asTime)).toEqual([
      '09:00',
      '09:05',
      '09:05',
      '９',
      '24:00',
    ])
  })
})

describe('a clock', () => {
  const clock = (
    state: 'met' | 'breached' | 'paused',
    is_breached: boolean,
    met_at: string | null,
  ) => ({ state, is_breached, met_at }) as const

  test('that was met too late says so, and is over', () => {
    expect(clockState(clock('breached', true, '2026-11-22T01:00:00Z'))).toBe('late')
    expect(clockState(clock('met', true, '2026-11-22T01:00:00Z'))).toBe('late')
    expect(isOpen(clock('breached', true, null))).toBe(true)
    expect(isOpen(clock('paused', false, null))).toBe(true)
    expect(isOpen(clock('met', false, '2026-11-22T01:00:00Z'))).toBe(false)
  })

  test('is short of time in its last quarter', () => {
    expect(isShort({ remaining_seconds: 24, target_seconds: 100 })).toBe(true)
    expect(isShort({ remaining_seconds: 25, target_seconds: 100 })).toBe(false)
    expect(isShort({ remaining_seconds: null, target_seconds: 100 })).toBe(false)
  })

  test('stands behind those that are due earlier', () => {
    const due = [
      { due_at: null },
      { due_at: '2026-11-22T02:00:00Z' },
      { due_at: '2026-11-22T01:00:00Z' },
    ]
    expect(due.sort(byDue).map((one) => one.due_at?.slice(11, 13))).toEqual(['01', '02', undefined])
  })
})

test('a stretch of time names its second day only where it is another one', () => {
  const day = { from: '2026-11-22T09:00:00', to: '2026-11-22T12:00:00' }
  const night = { from: '2026-11-22T18:00:00', to: '2026-11-23T09:00:00' }
  expect(stretchTimes(day, 'en', 'now')).toBe('Sun, Nov 22 09:00 – 12:00')
  expect(stretchTimes(night, 'en', 'now')).toBe('Sun, Nov 22 18:00 – Mon, Nov 23 09:00')
  expect(stretchTimes({ ...day, to: null }, 'en', 'now')).toBe('Sun, Nov 22 09:00 – now')
})

describe('what is wrong with a form', () => {
  test('has one way to write places in lists', () => {
    const found = pathsOf({ 'steps.0.recipients.1.to': ['x'], 'weekly.1[0]': ['y'], name: ['z'] })
    expect(Object.keys(found)).toEqual(['steps[0].recipients[1].to', 'weekly.1[0]', 'name'])
  })

  test('is marked only if all of it is', () => {
    expect(areMarked({ 'steps[0].key': [''] }, ['steps'])).toBe(true)
    expect(areMarked({ 'steps[0].key': [''], other: [''] }, ['steps'])).toBe(false)
    expect(areMarked({}, ['steps'])).toBe(false)
  })

  test('of SLA is known in words', () => {
    const words = [
      'a policy needs at least one target',
      'must be shorter before due than every duration of the target',
      'overlaps with 09:00–12:00',
      'must be a whole number from 1 to 50',
    ]
    expect(words.map((text) => ruleError(text)?.key)).toEqual([
      'noTarget',
      'tooEarly',
      'overlaps',
      'whole',
    ])
  })
})
