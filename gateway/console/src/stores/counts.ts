/** How many tickets wait behind each entry of the menu. */
import { defineStore } from 'pinia'
import { ref } from 'vue'

import { countTickets } from '@/api/tickets'
import type { TicketCounts } from '@/api/types'

export const useCounts = defineStore('counts', () => {
  const counts = ref<TicketCounts | null>(null)

  async function refresh(): Promise<void> {
    counts.value = await countTickets()
  }

  return { counts, refresh }
})
