/** Whether dispatch may give work to whoever is signed in, and the sign of life that keeps it so. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'

import {
  getOwnPresence,
  sendHeartbeat,
  setOwnPresence,
  type OwnPresence,
  type PresenceState,
} from '@/api/dispatch'

const BEAT_MS = 20_000

export const usePresence = defineStore('presence', () => {
  const own = ref<OwnPresence | null>(null)
  /** Dispatch did not hear from us: it stops giving work after `heartbeat_seconds`. */
  const isUnheard = ref(false)
  const state = computed(() => own.value?.state ?? 'offline')
  let timer: ReturnType<typeof setInterval> | undefined

  async function begin(): Promise<void> {
    // Also while the page is hidden: whoever works in another window is there all the same.
    timer ??= setInterval(() => void beat(), BEAT_MS)
    own.value = await getOwnPresence()
    await beat()
  }

  async function beat(): Promise<void> {
    if (state.value === 'offline') return
    try {
      own.value = await sendHeartbeat()
      isUnheard.value = false
    } catch {
      isUnheard.value = true
    }
  }

  async function choose(next: PresenceState): Promise<void> {
    own.value = await setOwnPresence(next)
    isUnheard.value = false
  }

  function end(): void {
    clearInterval(timer)
    timer = undefined
    own.value = null
    isUnheard.value = false
  }

  return { own, state, isUnheard, begin, beat, choose, end }
})
