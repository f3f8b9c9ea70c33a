import { describe, expect, test } from 'vitest'

import { scaleOf } from '../src/components/charts/scale'
import { byUnit, isEmpty, radarOf, seriesOf } from '../src/components/reports/content'
import type { Metric, ReportRow } from '../src/api/reports'
import { changeText, figureText, toneOf } from '../src/format/figures'

const CREATED: Metric = { key: 'new', label: '新增工单', unit: 'count', better: null }
const SOLVED: Metric = { key: 'solved', label: '已解决', unit: 'count', better: 'higher' }
const TIME: Metric = { key: 'resolution_mean', label: '时长', unit: 'seconds', better: 'lower' }

const value = (value: number | null, previous: number | null = null) => ({
  value,
  previous,
  count: value,
  change: null,
})
const row = (key: string, values: ReportRow['values']): ReportRow => ({ key, label: key, values })

describe('figures in words', () => {
  test('are read by their unit', () => {
    expect(figureText(12345, 'count', 'zh-CN')).toBe('12,345')
    expect(figureText(5400, 'seconds', 'zh-CN')).toBe('1小时 30分钟')
    expect(figureText(0.1234, 'share', 'zh-CN')).toBe('12.3%')
    expect(figureText(4.666, 'score', 'en')).toBe('4.67')
    expect(figureText(-12.4, 'points', 'en')).toBe('-12')
  })

  test('what cannot be said is a dash, and nothing is nought', () => {
    expect(figureText(null, 'share', 'en')).toBe('–')
    expect(figureText(0, 'count', 'en')).toBe('0')
  })

  test('shares differ by percentage points, numbers by percent', () => {
    expect(changeText({ value: 0.5, previous: 0.4, change: 0.25 }, 'share', 'en')).toBe('+10')
    expect(changeText({ value: 6, previous: 4, change: 0.5 }, 'count', 'en')).toBe('+50%')
    expect(changeText({ value: 6, previous: 0, change: null }, 'count', 'en')).toBeNull()
    expect(changeText({ value: 6, previous: null }, 'count', 'en')).toBeNull()
  })

  test('longer is worse where lower is better', () => {
    expect(toneOf({ value: 2, previous: 1 }, 'lower')).toBe('worse')
    expect(toneOf({ value: 2, previous: 1 }, 'higher')).toBe('better')
    expect(toneOf({ value: 1, previous: 1 }, 'lower')).toBe('same')
    expect(toneOf({ value: 2, previous: 1 }, null)).toBe('plain')
    expect(toneOf({ value: null, previous: 1 }, 'lower')).toBe('plain')
  })
})

describe('what charts show', () => {
  test('metrics share an axis only where they have the same unit', () => {
    const groups = byUnit([CREATED, TIME, SOLVED]).map(([unit, found]) => [unit, found.length])
    expect(groups).toEqual([
      ['count', 2],
      ['seconds', 1],
    ])
  })

  test('the period before stands beside a single metric', () => {
    const rows = [row('mail', { new: value(3, 2) })]
    expect(seriesOf(rows, [CREATED], '之前')).toEqual([
      { name: '新增工单', values: [3] },
      { name: '之前', values: [2], isBefore: true },
    ])
    expect(seriesOf(rows, [CREATED, SOLVED], '之前')).toHaveLength(2)
    expect(seriesOf(rows, [CREATED], null)).toHaveLength(1)
  })

  test('a radar without rows shows the whole and the period before', () => {
    const totals = { new: value(3, 2), solved: value(1, null) }
    const { axes, series } = radarOf([CREATED, SOLVED], [], totals, { total: '合计', before: '前' })
    expect(axes.map(({ name }) => name)).toEqual(['新增工单', '已解决'])
    expect(series).toEqual([
      { name: '合计', values: [3, 1] },
      { name: '前', values: [2, null], isBefore: true },
    ])
  })

  test('nought everywhere is nothing to draw', () => {
    expect(isEmpty([row('mail', { new: value(0) })], [CREATED])).toBe(true)
    expect(isEmpty([row('mail', { new: value(1) })], [CREATED])).toBe(false)
  })

  test('durations are drawn in the unit in which they are read', () => {
    const scale = scaleOf([3600, 36_000, null], 'seconds', 'zh-CN')
    expect(scale.divisor).toBe(3600)
    expect(scale.axis(5)).toBe('5小时')
    expect(scale.full(1.5)).toBe('1小时 30分钟')
    expect(scale.full(null)).toBe('–')
  })
})
