/** The part of a timeline on the screen, put together from pages and repeated looks. */
import type { Entry, TimelinePage } from '@/api/types'

export interface Timeline {
  entries: Entry[]
  /** Where the older entries go on; null when the first one is shown. */
  previousCursor: string | null
}

export const NOTHING_YET: Timeline = { entries: [], previousCursor: null }

/** The newest page again; what was read of older pages stays. */
export function withNewest(known: Timeline, page: TimelinePage): Timeline {
  const byId = new Map(known.entries.map((entry) => [entry.entry_id, entry]))
  const touches = page.items.some((entry) => byId.has(entry.entry_id))
  // Words that were withheld may be read now, or no more: what is known tells the wrong thing.
  const turned = page.items.some((entry) => isTurned(byId.get(entry.entry_id), entry))
  if (turned) return fromPage(page)
  // More has come than a page holds: start anew rather than show a gap as if it were none.
  if (!touches && page.previous_cursor !== null) return fromPage(page)
  if (known.entries.length === 0) return fromPage(page)
  return { entries: union(known.entries, page.items), previousCursor: known.previousCursor }
}

export function withEarlier(known: Timeline, page: TimelinePage): Timeline {
  return { entries: union(known.entries, page.items), previousCursor: page.previous_cursor }
}

export function withEntry(known: Timeline, entry: Entry): Timeline {
  return { ...known, entries: union(known.entries, [entry]) }
}

function isTurned(known: Entry | undefined, entry: Entry): boolean {
  return known !== undefined && !known.is_withheld !== !entry.is_withheld
}

function fromPage(page: TimelinePage): Timeline {
  return { entries: union([], page.items), previousCursor: page.previous_cursor }
}

/** Keeps an entry's object where nothing changed, so that the page does not draw it again. */
function union(known: Entry[], more: Entry[]): Entry[] {
  const byId = new Map(more.map((entry) => [entry.entry_id, entry]))
  for (const entry of known) byId.set(entry.entry_id, entry)
  return [...byId.values()].sort((a, b) => a.seq - b.seq)
}
