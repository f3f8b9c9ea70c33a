import { describe, expect, test } from 'vitest'

import { compareWithScreen, stampsOf } from '../src/composables/listUpdates'
import { ticketRow } from './rows'

const LATER = '2026-11-01T09:00:00Z'
const shown = [ticketRow('1'), ticketRow('2')]
const stamps = stampsOf(shown)
const look = (items = shown, next_cursor: string | null = null) =>
  compareWithScreen(shown, stamps, { items, next_cursor })

describe('a look at the list again', () => {
  test('finds nothing where nothing happened', () => {
    expect(look()).toEqual({ rows: shown, count: 0 })
  })

  test('puts new values in place and leaves the order alone', () => {
    const changed = ticketRow('2', LATER, { status: 'assigned' })
    const { rows, count } = look([changed, ticketRow('1')])
    expect(rows.map((row) => row.ticket_id)).toEqual(['1', '2'])
    expect(rows[1]!.status).toBe('assigned')
    expect(count).toBe(1)
  })

  test('goes on counting a change that is on the screen already', () => {
    const changed = ticketRow('2', LATER)
    const again = compareWithScreen([shown[0]!, changed], stamps, {
      items: [changed, shown[0]!],
      next_cursor: null,
    })
    expect(again.count).toBe(1)
  })

  test('counts a new ticket without showing it yet', () => {
    const { rows, count } = look([ticketRow('3', LATER), ...shown])
    expect(rows).toHaveLength(2)
    expect(count).toBe(1)
  })

  test('counts a ticket that left the list', () => {
    expect(look([shown[0]!]).count).toBe(1)
  })

  test('counts one, not two, when a full page pushes a row out', () => {
    expect(look([ticketRow('3', LATER), shown[0]!], 'more').count).toBe(1)
  })
})
