import { describe, expect, test } from 'vitest'

import type { Account } from '../src/api/people'
import { bodyOf, changesOf, formOf } from '../src/components/people/accountForm'
import { filtersFrom, queryOf } from '../src/composables/useAccounts'

const account: Account = {
  person_id: 'p1',
  login: 'CS001',
  name: '张三',
  role: 'agent',
  role_name: { zh: '客服', en: 'Agent' },
  kind: 'staff',
  is_active: true,
  is_masked: false,
  department: { department_id: 'd1', name: '售后部' },
  region: null,
  groups: [
    { group_id: 'g1', name: '一组', is_lead: true },
    { group_id: 'g2', name: '二组', is_lead: false },
  ],
  title: null,
  extension: '8001',
  email: null,
  phone: '+8613800138000',
  language: 'zh',
  zone: null,
  must_change_password: false,
  password_changed_at: null,
  created_at: '2026-01-01T00:00:00Z',
  last_seen_at: null,
  version: 3,
}

describe('the form of an account', () => {
  test('holds what the account is, and sends nothing that has not changed', () => {
    expect(changesOf(account, formOf(account))).toEqual({})
  })

  test('sends only what differs', () => {
    const form = { ...formOf(account), name: ' 李四 ', extension: '', leads: ['g1', 'g2'] }
    expect(changesOf(account, form)).toEqual({
      name: '李四',
      extension: null,
      groups: [
        { group_id: 'g1', is_lead: true },
        { group_id: 'g2', is_lead: true },
      ],
    })
  })

  test('of a new account sends everything, the empty as nothing', () => {
    const body = bodyOf({ ...formOf(null), login: 'CS002', name: '王五' })
    expect(body).toMatchObject({ login: 'CS002', name: '王五', role: 'agent', email: null })
    expect(body.groups).toEqual([])
  })
})

describe('the filters of the list', () => {
  test('show active accounts by login unless the address says otherwise', () => {
    const filters = filtersFrom({})
    expect(queryOf(filters)).toEqual({ sort: 'login', limit: 25, is_active: true })
  })

  test('come from the address', () => {
    const filters = filtersFrom({ q: '张', department: 'd1', status: 'inactive', sort: '-name' })
    expect(queryOf(filters)).toEqual({
      q: '张',
      department_id: 'd1',
      is_active: false,
      sort: '-name',
      limit: 25,
    })
    expect(queryOf(filtersFrom({ status: 'all' }))).not.toHaveProperty('is_active')
  })

  test('what nobody knows in the address counts for nothing', () => {
    expect(filtersFrom({ sort: 'password', status: 'dead', q: ['a', 'b'] })).toEqual(
      filtersFrom({}),
    )
  })
})
