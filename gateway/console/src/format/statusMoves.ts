/** Which statuses the rules let follow which by hand; templates may allow fewer. */
import type { Status } from '@/api/types'

/** As the service has them, and solving, which a template may keep from a status, too. */
const MOVES: Record<string, string[]> = {
  unassigned: ['solved', 'closed'],
  assigned: ['solved', 'closed'],
  in_progress: ['awaiting_customer', 'awaiting_approval', 'follow_up', 'solved', 'closed'],
  awaiting_approval: ['in_progress', 'awaiting_customer', 'solved', 'closed'],
  awaiting_customer: ['in_progress', 'follow_up', 'solved', 'closed'],
  follow_up: ['in_progress', 'awaiting_customer', 'awaiting_approval', 'solved', 'closed'],
  solved: ['closed'],
}

/** In the order of `known`; own statuses stand on the shipped ones, and share their moves. */
export function followersOf(status: Status, known: readonly Status[]): Status[] {
  const bases = MOVES[status.base]
  if (!bases) return []
  return known.filter(({ key, base, is_own: isOwn }) => {
    if (key === status.key) return false
    // Solving is an act with a result: nothing but the shipped status follows from it.
    if (base === 'solved' && status.base !== 'solved') return !isOwn && bases.includes(base)
    return base === status.base || bases.includes(base)
  })
}
