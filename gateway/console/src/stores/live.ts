/** Live updates for all pages: who wants to hear of something says so here. */
import { defineStore } from 'pinia'
import { ref } from 'vue'

import { listenTogether } from '@/live/shared'
import type { LiveUpdate } from '@/live/source'

export interface LiveHearer {
  /** Null: anything may have changed. */
  hear(update: LiveUpdate | null): void
}

export const useLive = defineStore('live', () => {
  const isUp = ref(false)
  const hearers = new Set<LiveHearer>()
  let stop: (() => void) | null = null

  function tell(update: LiveUpdate | null): void {
    for (const hearer of [...hearers]) hearer.hear(update)
  }

  function begin(personId: string): void {
    end()
    stop = listenTogether(`tidedesk-live-${personId}`, {
      state: (up) => (isUp.value = up),
      update: tell,
      missed: () => tell(null),
    })
  }

  function end(): void {
    stop?.()
    stop = null
    isUp.value = false
  }

  /** Returns what takes it back. */
  function subscribe(hearer: LiveHearer): () => void {
    hearers.add(hearer)
    return () => hearers.delete(hearer)
  }

  return { isUp, begin, end, subscribe }
})
