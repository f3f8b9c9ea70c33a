/** The ids of a list in the order that they have once one of them has moved by some places. */
export function movedBy(ids: readonly string[], id: string, by: number): string[] {
  const from = ids.indexOf(id)
  return ids.toSpliced(from, 1).toSpliced(from + by, 0, id)
}

/** What stands behind one of them; null behind the last. */
export const follower = (ids: readonly string[], id: string): string | null =>
  ids[ids.indexOf(id) + 1] ?? null
