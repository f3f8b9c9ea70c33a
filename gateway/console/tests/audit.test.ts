import { describe, expect, test } from 'vitest'

import { exportAddress } from '../src/api/audit'
import {
  auditAddressOf,
  auditFiltersFrom,
  auditRequestOf,
  hasAuditFilters,
} from '../src/composables/auditQuery'
import { pagedList } from '../src/composables/pagedList'
import { changesOf, isContent, notesOf } from '../src/format/audit'

describe('the filters of the log', () => {
  const address = { actor: 'CS001', outcome: 'refused', from: '2026-11-01', to: '2026-11-02' }

  test('are the same after a way through the address', () => {
    const filters = auditFiltersFrom(address)
    expect(auditAddressOf(filters)).toEqual(address)
    expect(hasAuditFilters(filters)).toBe(true)
    expect(hasAuditFilters(auditFiltersFrom({}))).toBe(false)
  })

  test('ask for outcomes and facts unless intents are wanted', () => {
    const request = auditRequestOf(auditFiltersFrom(address), 'next', 50)
    expect(request).toMatchObject({ actor: 'CS001', phase: 'outcome,fact', cursor: 'next' })
    expect(new Date(request.to!).getTime()).toBeGreaterThan(new Date(request.from!).getTime())
    expect(auditRequestOf(auditFiltersFrom({ intents: '1' }), null, 50)).toEqual({ limit: 50 })
  })

  test('nonsense in the address is no filter', () => {
    expect(hasAuditFilters(auditFiltersFrom({ from: 'soon', actor: ['a', 'b'] }))).toBe(false)
  })

  test('go into the file that is exported, without its page', () => {
    const request = auditRequestOf(auditFiltersFrom({ actor: '李 雷' }), 'next', 50)
    expect(exportAddress('csv', request)).toBe(
      '/api/v1/audit/export?actor=%E6%9D%8E+%E9%9B%B7&phase=outcome%2Cfact&format=csv',
    )
  })
})

describe('a detail', () => {
  test('shows fields by name with what they were and are', () => {
    const detail = {
      before: { role: 'agent', groups: ['a', 'b'] },
      after: { role: 'supervisor', email: true, scope: { tickets: 'all' } },
    }
    expect(changesOf(detail)).toEqual([
      { name: 'email', before: null, after: 'true' },
      { name: 'groups', before: 'a, b', after: null },
      { name: 'role', before: 'agent', after: 'supervisor' },
      { name: 'scope', before: null, after: 'tickets: all' },
    ])
  })

  test('knows which fields the log keeps no contents of', () => {
    expect(['email', 'new_password', 'totp_secret', 'note'].every(isContent)).toBe(true)
    expect(['role', 'is_active', 'needs_totp', 'name_zh'].some(isContent)).toBe(false)
  })

  test('shows what else there is, and nothing for nothing', () => {
    expect(notesOf({ code: 'ticket.closed', before: { a: 1 } })).toEqual([
      ['code', 'ticket.closed'],
    ])
    expect(changesOf(null)).toEqual([])
    expect(notesOf(null)).toEqual([])
    expect(changesOf({ before: 'odd', after: ['odd'] })).toEqual([])
  })
})

describe('a list in pages', () => {
  test('walks on and back by its cursors', async () => {
    const asked: (string | null)[] = []
    const list = pagedList(async (cursor) => {
      asked.push(cursor)
      return {
        items: [cursor ?? 'first'],
        next_cursor: asked.length < 3 ? `c${asked.length}` : null,
      }
    })
    await list.load()
    await list.next()
    await list.next()
    expect(asked).toEqual([null, 'c1', 'c2'])
    expect([list.page.value, list.hasNext.value]).toEqual([3, false])
    await list.previous()
    expect(asked.at(-1)).toBe('c1')
    await list.restart()
    expect([asked.at(-1), list.page.value]).toEqual([null, 1])
  })

  test('keeps what it shows while a later question fails', async () => {
    let fails = false
    const list = pagedList(async () => {
      if (fails) throw new Error('away')
      return { items: [1], next_cursor: null }
    })
    await list.load()
    fails = true
    await list.load()
    expect(list.items.value).toEqual([1])
    expect(list.problem.value).not.toBeNull()
  })
})
