/**
 * Keeps something fresh: looks again soon after an update that concerns it. Looks that nothing has
 * asked for are rare while updates come; without updates they are as frequent as `everyMs` says.
 */
import { onActivated, onBeforeUnmount, onDeactivated, onMounted, watch } from 'vue'

import type { LiveUpdate } from '@/live/source'
import { useLive } from '@/stores/live'

import { gather } from './gather'
import { usePolling } from './usePolling'

const SELDOM_MS = 60_000

export interface LiveWish {
  /** Which updates concern it. */
  wants(update: LiveUpdate): boolean
  /** Pause between looks while no updates come. */
  everyMs: number
  /** The same while they come; for what no update tells of. */
  seldomMs?: number
  /** How long the service that is asked may know less than the update says. */
  lagMs?: number
}

export function useLiveRefresh(look: () => Promise<void>, wish: LiveWish): void {
  const live = useLive()
  const pause = () => (live.isUp ? (wish.seldomMs ?? SELDOM_MS) : wish.everyMs)
  const { now } = usePolling(look, pause)
  const soon = gather(now, wish.lagMs ?? 0)
  let forget: (() => void) | undefined

  function start(): void {
    forget ??= live.subscribe({
      hear: (update) => {
        if (update === null || wish.wants(update)) soon.ask()
      },
    })
  }

  function stop(): void {
    forget?.()
    forget = undefined
    soon.cancel()
  }

  // Nobody tells any more: look for oneself, at once and from now on.
  watch(
    () => live.isUp,
    (isUp) => (isUp ? undefined : now()),
  )
  onMounted(start)
  onActivated(start)
  onDeactivated(stop)
  onBeforeUnmount(stop)
}

/** `about('ticket', 'clock')`: updates of these kinds; with a number, of that ticket alone. */
export function about(...kinds: string[]): (update: LiveUpdate) => boolean {
  return (update) => kinds.includes(update.type.split('.', 1)[0]!)
}

export function aboutTicket(number: string, ...kinds: string[]): (update: LiveUpdate) => boolean {
  const isKind = about(...kinds)
  return (update) => update.number === number && isKind(update)
}
