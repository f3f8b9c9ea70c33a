import { describe, expect, test } from 'vitest'

import type { ProblemVolume } from '../src/api/problemRecords'
import type { Entry } from '../src/api/types'
import { type ProblemForm, problemChanges } from '../src/components/problems/problemForm'
import { numbersIn } from '../src/components/problems/ticketNumbers'
import { volumeSeries } from '../src/components/problems/volume'
import { quotable, quotation } from '../src/components/relations/quotation'
import {
  problemAddressOf,
  problemFiltersFrom,
  problemRequestOf,
} from '../src/composables/problemQuery'

describe('the filters of problems', () => {
  test('are read from the address, where what nobody could choose counts as nothing', () => {
    expect(problemFiltersFrom({ status: 'known', owner_id: 'p', q: ' 支付 ' })).toEqual({
      status: 'known',
      owner_id: 'p',
      q: '支付',
    })
    expect(problemFiltersFrom({ status: 'gone', q: ['a', 'b'] })).toEqual({
      status: '',
      owner_id: '',
      q: '',
    })
  })

  test('are sent only where they are set', () => {
    const filters = problemFiltersFrom({ status: 'open' })
    expect(problemAddressOf(filters)).toEqual({ status: 'open' })
    expect(problemRequestOf(filters, null, 25)).toEqual({ status: 'open', limit: 25 })
    expect(problemRequestOf(filters, 'c', 25)).toEqual({ status: 'open', limit: 25, cursor: 'c' })
  })
})

describe('what of a problem is sent', () => {
  const old: ProblemForm = {
    title: '支付回调超时',
    description: '银行侧超时',
    status: 'open',
    workaround: '手工补单',
    solution: '',
    owner_id: 'han',
    group_id: '',
  }

  test('only what differs', () => {
    expect(problemChanges(old, { ...old, status: 'known', title: `${old.title} ` })).toEqual({
      status: 'known',
    })
    expect(problemChanges(old, { ...old })).toEqual({})
  })

  test('what is emptied is none, but a title cannot be none', () => {
    expect(problemChanges(old, { ...old, workaround: ' ', owner_id: '', title: '' })).toEqual({
      title: '',
      workaround: null,
      owner_id: null,
    })
  })

  test('of a new one what is filled in, and that nobody is to own it', () => {
    expect(problemChanges(null, { ...old, workaround: '', owner_id: '' })).toEqual({
      title: old.title,
      description: old.description,
      status: 'open',
      owner_id: null,
    })
  })
})

test('ticket numbers are read however they are parted, each once', () => {
  expect(numbersIn(' g20261101001，G20261101002\nG20261101001; G20261101003、 ')).toEqual([
    'G20261101001',
    'G20261101002',
    'G20261101003',
  ])
  expect(numbersIn(' ,\n')).toEqual([])
})

describe('the volume of a problem', () => {
  const volume: ProblemVolume = {
    days: [
      { day: '2026-11-01', tickets: 3 },
      { day: '2026-11-02', tickets: 2 },
      { day: '2026-11-03', tickets: 0 },
    ],
    before: 5,
    after: 0,
  }
  const names = { before: 'before', after: 'after', soFar: 'so far' }

  test('is one line until it is solved', () => {
    expect(volumeSeries(volume, null, names)).toEqual([{ name: 'so far', values: [3, 2, 0] }])
  })

  test('parts on the day of the solution, which both lines have', () => {
    const noon = new Date(2026, 10, 2, 12).toISOString()
    expect(volumeSeries(volume, noon, names)).toEqual([
      { name: 'before', values: [3, 2, null], isBefore: true },
      { name: 'after', values: [null, 2, 0] },
    ])
  })
})

describe('what a ticket that is split off begins with', () => {
  const at = (hour: number) => new Date(2026, 10, 1, hour, 5).toISOString()
  const entry = (seq: number, more: Partial<Entry>): Entry => ({
    entry_id: String(seq),
    seq,
    kind: 'message',
    direction: 'in',
    author: { kind: 'customer', name: '王女士' } as Entry['author'],
    text: `第${seq}条`,
    html: null,
    attachments: [],
    event: null,
    is_auto_reply: false,
    created_at: at(seq),
    ...more,
  })
  const staff = { kind: 'agent', name: '李雷' } as Entry['author']

  test('messages in their order without names of colleagues, notes apart', () => {
    const chosen = [
      entry(3, { kind: 'note', author: staff }),
      entry(2, { author: staff, direction: 'out' }),
      entry(1, {}),
    ]
    expect(quotation('G1', chosen)).toEqual({
      message: '(G1)\n\n[2026-11-01 01:05] 王女士:\n第1条\n\n[2026-11-01 02:05] 客服:\n第2条',
      note: '(G1)\n\n[2026-11-01 03:05] 客服:\n第3条',
    })
    expect(quotation('G1', [])).toEqual({ message: '', note: '' })
  })

  test('events and what is withheld cannot be chosen', () => {
    const entries = [entry(1, {}), entry(2, { kind: 'event' }), entry(3, { is_withheld: true })]
    expect(quotable(entries).map(({ seq }) => seq)).toEqual([1])
  })
})
