/** One ticket with its timeline: loaded, kept fresh, and changed by commands. */
import { computed, inject, type InjectionKey, provide, ref, shallowRef } from 'vue'

import { asProblem, type Problem } from '@/api/problem'
import { getTicket, getTimeline } from '@/api/tickets'
import type { Entry, Ticket } from '@/api/types'
import { useCounts } from '@/stores/counts'

import { NOTHING_YET, type Timeline, withEarlier, withEntry, withNewest } from './timeline'

export function useTicket(number: string) {
  const ticket = shallowRef<Ticket | null>(null)
  const timeline = shallowRef<Timeline>(NOTHING_YET)
  const problem = shallowRef<Problem | null>(null)
  const isLoadingEarlier = ref(false)
  /** Somebody else was faster: what this person changed was refused. */
  const isStale = ref(false)
  let commands = 0

  function show(next: Ticket): void {
    ticket.value = next
    problem.value = null
    if (next.timeline) timeline.value = withNewest(timeline.value, next.timeline)
  }

  async function load(): Promise<void> {
    try {
      show(await getTicket(number))
      isStale.value = false
    } catch (error) {
      problem.value = asProblem(error)
    }
  }

  /** A look that began before a command ended may show the time before it. */
  async function poll(): Promise<void> {
    if (!ticket.value) return problem.value?.isPassing ? load() : undefined
    const before = commands
    try {
      const next = await getTicket(number)
      if (before === commands) show(next)
    } catch (error) {
      leave(asProblem(error))
      throw error
    }
  }

  /** The ticket went to somebody else: what stands here is no longer this person's to see. */
  function leave(reason: Problem): void {
    if (reason.status !== 403 && reason.status !== 404) return
    problem.value = reason
    ticket.value = null
  }

  /** After a command: its answer at once, then the events it has left in the timeline. */
  async function changed(next?: Ticket): Promise<void> {
    commands += 1
    if (next) show(next)
    void useCounts()
      .refresh()
      .catch(() => {})
    // The poll comes round anyhow; a failure here is nothing to report.
    await poll().catch(() => {})
  }

  async function written(entry: Entry): Promise<void> {
    timeline.value = withEntry(timeline.value, entry)
    await changed()
  }

  async function loadEarlier(): Promise<void> {
    const cursor = timeline.value.previousCursor
    if (!cursor || isLoadingEarlier.value) return
    isLoadingEarlier.value = true
    try {
      timeline.value = withEarlier(timeline.value, await getTimeline(number, cursor))
    } finally {
      isLoadingEarlier.value = false
    }
  }

  const actions = computed(() => new Set(ticket.value?.allowed.actions ?? []))

  return {
    number,
    ticket,
    timeline,
    problem,
    isStale,
    actions,
    isLoadingEarlier,
    load,
    poll,
    changed,
    written,
    loadEarlier,
  }
}

export type OpenTicket = ReturnType<typeof useTicket>

const OPEN_TICKET: InjectionKey<OpenTicket> = Symbol('open ticket')

export function provideTicket(open: OpenTicket): void {
  provide(OPEN_TICKET, open)
}

/** The ticket of the page around this component, which only draws it once it is loaded. */
export function useOpenTicket() {
  const open = inject(OPEN_TICKET)!
  return { ...open, ticket: computed(() => open.ticket.value!) }
}
