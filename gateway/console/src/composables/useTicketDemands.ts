/** What the settings want of those who work on tickets; the gateway refuses by it in any case. */
import { shallowRef } from 'vue'

import { getTicketDemands, type TicketDemands } from '@/api/moving'

const NONE: TicketDemands = { needs_confirmation: false, needs_transfer_note: false }

export function useTicketDemands() {
  const demands = shallowRef<TicketDemands>(NONE)
  void getTicketDemands().then(
    (known) => (demands.value = known),
    // A refusal of the command itself tells what is missing.
    () => {},
  )
  return demands
}
