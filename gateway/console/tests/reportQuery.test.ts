import { describe, expect, test } from 'vitest'

import { drillOf } from '../src/components/reports/drill'
import {
  DEFAULT_METRICS,
  figuresAddress,
  figuresFrom,
  filtersBody,
  finer,
  reportAddress,
  reportBody,
  reportFrom,
} from '../src/composables/reportQuery'
import { besides, isLatest, periodText, pointText } from '../src/format/periods'

describe('a report in the address', () => {
  test('comes back as it was', () => {
    const query = {
      metrics: 'new,nps',
      by: 'group',
      compare: 'year_ago',
      display: 'bar',
      unit: 'custom',
      from: '2026-09-01',
      until: '2026-09-15',
      group_id: 'none',
      score: '1,2',
    }
    expect(reportAddress(reportFrom(query))).toEqual(query)
  })

  test('is the usual one where the address says nothing or nonsense', () => {
    const asked = reportFrom({ by: 'colour', unit: 'custom', from: '2026-13-45', display: 'x' })
    expect(asked).toMatchObject({ metrics: DEFAULT_METRICS, by: 'kind', compare: '' })
    expect(asked.period).toEqual({ unit: 'month' })
    expect(figuresAddress(figuresFrom({}))).toEqual({})
  })

  test('can be without a breakdown', () => {
    expect(reportFrom(reportAddress({ ...reportFrom({}), by: '' })).by).toBe('')
  })
})

describe('a report for the gateway', () => {
  test('names what has none by an empty key, and scores by numbers', () => {
    expect(filtersBody({ group_id: ['none'], score: ['1', '2'], kind: [] })).toEqual({
      group_id: [''],
      score: [1, 2],
    })
  })

  test('asks for points of time where lines need them', () => {
    const line = reportFrom({ display: 'line', by: 'kind' })
    expect(reportBody(line)).toMatchObject({ by: 'kind', series: 'day' })
    expect(reportBody({ ...line, by: 'week' })).not.toHaveProperty('series')
    expect(reportBody({ ...line, display: 'bar' })).not.toHaveProperty('series')
  })

  test('a long period is cut into fewer points', () => {
    expect(finer({ unit: 'custom', from: '2026-01-01', until: '2026-01-31' })).toBe('day')
    expect(finer({ unit: 'custom', from: '2026-01-01', until: '2026-12-31' })).toBe('week')
    expect(finer({ unit: 'year' })).toBe('month')
  })

  test('the tickets of a row are asked for by the days that are shown', () => {
    const metric = { key: 'new', label: '新增工单' }
    const days = { from: '2026-09-01', until: '2026-09-30' }
    const found = drillOf(metric, '邮件', { value: 3, count: 3 }, days, {}, ['channel', 'mail'])
    expect(found).toEqual({
      title: '邮件 · 新增工单',
      count: 3,
      request: {
        metric: 'new',
        period: { unit: 'custom', ...days },
        filters: {},
        by: 'channel',
        key: 'mail',
      },
    })
  })
})

describe('periods', () => {
  const september = { unit: 'month', from: '2026-09-01', until: '2026-09-30' }

  test('have neighbours', () => {
    expect(besides(september, 'month', 1)).toEqual({ unit: 'month', from: '2026-10-01' })
    const week = { unit: 'week', from: '2026-01-05', until: '2026-01-11' }
    expect(besides(week, 'week', -1)).toEqual({ unit: 'week', from: '2025-12-29' })
    const quarter = { unit: 'quarter', from: '2026-01-01', until: '2026-03-31' }
    expect(besides(quarter, 'quarter', -1)).toEqual({ unit: 'quarter', from: '2025-10-01' })
  })

  test('nothing is known of days to come', () => {
    expect(isLatest(september, '2026-09-30')).toBe(true)
    expect(isLatest(september, '2026-10-01')).toBe(false)
  })

  test('are called as people call them', () => {
    expect(periodText(september, 'zh-CN')).toBe('2026年9月')
    expect(periodText({ unit: 'day', from: '2026-09-01', until: '2026-09-01' }, 'zh-CN')).toBe(
      '2026年9月1日',
    )
    expect(periodText({ unit: 'year', from: '2026-01-01', until: '2026-12-31' }, 'en')).toBe('2026')
    expect(pointText('2026-09-01', 'month', 'zh-CN')).toBe('2026年9月')
    expect(pointText('2026-09-01', 'day', 'zh-CN')).toBe('9月1日')
  })
})
