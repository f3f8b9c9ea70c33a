/** One page of the list: loaded by filters, walked by cursors, kept fresh without jumping. */
import { ref, shallowRef } from 'vue'

import { asProblem, type Problem } from '@/api/problem'
import { listTickets } from '@/api/tickets'
import type { TicketPage, TicketRow } from '@/api/types'

import { cursorWalk } from './cursorWalk'
import { type ListFilters, requestOf } from './listQuery'
import { compareWithScreen, stampsOf } from './listUpdates'

const PAGE = 25

export function useTicketList(filters: () => ListFilters) {
  const rows = ref<TicketRow[]>([])
  const problem = shallowRef<Problem | null>(null)
  const isLoading = ref(true)
  const updates = ref(0)
  const { cursor, nextCursor, steps } = cursorWalk(load)
  let asLoaded = new Map<string, number>()
  let fresh: TicketPage | null = null
  let turn = 0

  const request = () => listTickets(requestOf(filters(), cursor.value, PAGE))

  function show(page: TicketPage): void {
    rows.value = page.items
    nextCursor.value = page.next_cursor
    asLoaded = stampsOf(page.items)
    updates.value = 0
    problem.value = null
    fresh = null
  }

  /** `quietly` leaves the rows on the screen until the new ones are there. */
  async function load(quietly = false): Promise<void> {
    const mine = ++turn
    isLoading.value = !quietly
    try {
      const page = await request()
      if (mine === turn) show(page)
    } catch (error) {
      if (mine === turn && !quietly) problem.value = asProblem(error)
    } finally {
      if (mine === turn) isLoading.value = false
    }
  }

  async function poll(): Promise<void> {
    if (isLoading.value) return
    if (problem.value) return problem.value.isPassing ? load(true) : undefined
    const mine = turn
    const page = await request()
    if (mine !== turn) return
    if (rows.value.length === 0) return show(page)
    const found = compareWithScreen(rows.value, asLoaded, page)
    rows.value = found.rows
    updates.value = found.count
    fresh = page
  }

  function applyUpdates(): void {
    if (fresh) show(fresh)
  }

  return { rows, problem, isLoading, updates, load, poll, applyUpdates, ...steps }
}
