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
  /** An answer that was overtaken by a choice is old. */
  let turn = 0

  async function begin(): Promise<void> {
    // Also while the page is hidden: whoever works in another window is there all the same.
    timer ??= setInterval(() => void beat(), BEAT_MS)
    await beat()
    if (state.value !== 'offline') await beat()
  }

  /** Whoever is offline is not kept alive, but learns when somebody else brings them back. */
  async function beat(): Promise<void> {
    const mine = ++turn
    try {
      const answer = await (state.value === 'offline' ? getOwnPresence() : sendHeartbeat())
      if (mine !== turn) return
      own.value = answer
      isUnheard.value = false
    } catch {
      if (mine === turn) isUnheard.value = true
    }
  }

  async function choose(next: PresenceState): Promise<void> {
    turn += 1
    own.value = await setOwnPresence(next)
    turn += 1
    isUnheard.value = false
  }

  function end(): void {
    clearInterval(timer)
    turn += 1
    timer = undefined
    own.value = null
    isUnheard.value = false
  }

  return { own, state, isUnheard, begin, beat, choose, end }
})
