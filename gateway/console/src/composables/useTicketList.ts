/** One page of the list: loaded by filters, walked by cursors, kept fresh without jumping. */
import { computed, ref, shallowRef } from 'vue'

import { asProblem, type Problem } from '@/api/problem'
import { listTickets } from '@/api/tickets'
import type { TicketPage, TicketRow } from '@/api/types'

import { type ListFilters, requestOf } from './listQuery'
import { compareWithScreen, stampsOf } from './listUpdates'

const PAGE = 25

export function useTicketList(filters: () => ListFilters) {
  const rows = ref<TicketRow[]>([])
  const problem = shallowRef<Problem | null>(null)
  const isLoading = ref(true)
  const updates = ref(0)
  /** The cursors of the pages walked through so far; the last one is the page shown. */
  const cursors = ref<(string | null)[]>([null])
  const nextCursor = ref<string | null>(null)
  let asLoaded = new Map<string, number>()
  let fresh: TicketPage | null = null
  let turn = 0

  const cursor = () => cursors.value.at(-1) ?? null
  const request = () => listTickets(requestOf(filters(), cursor(), PAGE))

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

  function restart(): Promise<void> {
    cursors.value = [null]
    return load()
  }

  function next(): Promise<void> {
    if (nextCursor.value) cursors.value.push(nextCursor.value)
    return load()
  }

  function previous(): Promise<void> {
    if (cursors.value.length > 1) cursors.value.pop()
    return load()
  }

  return {
    rows,
    problem,
    isLoading,
    updates,
    page: computed(() => cursors.value.length),
    hasNext: computed(() => nextCursor.value !== null),
    load,
    poll,
    applyUpdates,
    restart,
    next,
    previous,
  }
}
