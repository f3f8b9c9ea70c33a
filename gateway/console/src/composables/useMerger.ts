/** By the number of a merged ticket one comes to the ticket in which it goes on. */
import { useRoute, useRouter } from 'vue-router'

import type { Ticket } from '@/api/types'

/** Where the merged ticket itself is shown. */
export const mergedTicket = (number: string) => ({
  name: 'ticket',
  params: { number },
  query: { merged: 'show' },
})

export function useMerger() {
  const route = useRoute()
  const router = useRouter()
  const state = (window.history.state ?? {}) as { mergedFrom?: unknown }
  /** The number by which somebody came to this page; empty if it is its own. */
  const cameFrom = typeof state.mergedFrom === 'string' ? state.mergedFrom : ''

  /** Only when the page opens: whoever has it open while it is merged may be writing. */
  async function follow(ticket: Ticket | null): Promise<void> {
    if (!ticket?.merged_into || ticket.deleted_at || route.query.merged === 'show') return
    const { number } = ticket.merged_into
    const mergedFrom = cameFrom || ticket.number
    await router.replace({ name: 'ticket', params: { number }, state: { mergedFrom } })
  }

  return { cameFrom, follow }
}
