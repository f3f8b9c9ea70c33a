import { describe, expect, test } from 'vitest'

import {
  addressOf,
  filtersFrom,
  hasFilters,
  nextSort,
  requestOf,
} from '../src/composables/listQuery'

describe('the filters of the list', () => {
  test('survive the way through the address', () => {
    const filters = filtersFrom({
      view: 'open',
      status: 'assigned,in_progress',
      urgency: 'critical',
      category: 'none',
      assignee: 'me',
      group: 'none',
      q: '咖啡机',
      from: '2026-11-01',
      to: '2026-11-02',
      due: 'soon',
      satisfaction: 'low',
      sort: 'number',
    })
    expect(filtersFrom(addressOf(filters))).toEqual(filters)
  })

  test('start with the own tickets, the last changed first', () => {
    const filters = filtersFrom({})
    expect(filters).toMatchObject({ view: 'mine', sort: '-updated_at' })
    expect(addressOf(filters)).toEqual({ view: 'mine' })
    expect(hasFilters(filters)).toBe(false)
  })

  test('put what is overdue longest in front of the overdue ones', () => {
    const filters = filtersFrom({ view: 'overdue' })
    expect(filters.sort).toBe('due')
    expect(addressOf(filters)).toEqual({ view: 'overdue' })
    expect(addressOf({ ...filters, sort: '-updated_at' })).toMatchObject({ sort: '-updated_at' })
  })

  test('ignore an unknown view and days that are none', () => {
    const filters = filtersFrom({ view: 'everything', from: 'yesterday', status: ['a', 'b'] })
    expect(filters).toMatchObject({ view: 'mine', from: '', status: [] })
    expect(filtersFrom({ view: 'overdue', due: 'someday' })).toMatchObject({
      view: 'overdue',
      due: '',
    })
  })

  test('reach the gateway without what is empty', () => {
    const request = requestOf(filtersFrom({ view: 'all', status: 'closed' }), null, 25)
    expect(request).toEqual({ view: 'all', status: 'closed', sort: '-updated_at', limit: 25 })
  })

  test('name days in the zone of the browser, both included', () => {
    const request = requestOf(filtersFrom({ from: '2026-11-01', to: '2026-11-01' }), 'c', 25)
    const span = Date.parse(request.created_to!) - Date.parse(request.created_from!)
    expect(span).toBe(24 * 3600 * 1000 - 1)
    expect(request.cursor).toBe('c')
  })
})

test('a second click turns the order round', () => {
  expect(nextSort('-updated_at', 'number', true)).toBe('-number')
  expect(nextSort('-number', 'number', true)).toBe('number')
  expect(nextSort('number', 'number', true)).toBe('-number')
})
