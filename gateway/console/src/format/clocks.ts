/** How a clock stands, for people. */
import type { Clock } from '@/api/sla'

/** `late`: what was promised was done, but too late. */
export type ClockState = Clock['state'] | 'late'

export function clockState(clock: Pick<Clock, 'state' | 'is_breached' | 'met_at'>): ClockState {
  if (clock.state === 'breached') return clock.met_at ? 'late' : 'breached'
  return clock.state === 'met' && clock.is_breached ? 'late' : clock.state
}

/** Whether it still has to be met. */
export function isOpen(clock: Pick<Clock, 'state' | 'is_breached' | 'met_at'>): boolean {
  return ['running', 'paused', 'breached'].includes(clockState(clock))
}

/** Less than a quarter of the time is left. */
export function isShort(clock: Pick<Clock, 'remaining_seconds' | 'target_seconds'>): boolean {
  const { remaining_seconds: left, target_seconds: whole } = clock
  return left !== null && whole !== null && left < whole / 4
}

/** What is due first in front; what rests or has no due time behind. */
export function byDue(a: Pick<Clock, 'due_at'>, b: Pick<Clock, 'due_at'>): number {
  return time(a.due_at) - time(b.due_at)
}

function time(at: string | null): number {
  return at ? new Date(at).getTime() : Number.MAX_SAFE_INTEGER
}
