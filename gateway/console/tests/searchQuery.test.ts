import { describe, expect, test } from 'vitest'

import {
  isNarrowed,
  searchAddressOf,
  searchFrom,
  searchRequestOf,
} from '../src/composables/searchQuery'

describe('a search', () => {
  test('survives the way through the address', () => {
    const address = { q: '"退货退款" -漏水', status: 'assigned', group: 'none', order: 'newest' }
    expect(searchAddressOf(searchFrom(address))).toEqual(address)
  })

  test('asks for words and filters, of whatever view', () => {
    const search = searchFrom({ q: '退款', urgency: 'critical', view: 'mine', sort: 'number' })
    expect(searchRequestOf(search, 'c', 20)).toEqual({
      q: '退款',
      urgency: 'critical',
      sort: 'relevance',
      cursor: 'c',
      limit: 20,
    })
  })

  test('is narrowed by filters, not by its words', () => {
    expect(isNarrowed(searchFrom({ q: '退款' }))).toBe(false)
    expect(isNarrowed(searchFrom({ q: '退款', kind: 'repair' }))).toBe(true)
  })
})
