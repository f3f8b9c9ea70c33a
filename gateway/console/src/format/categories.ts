/** Categories, which come as a list, as the tree that they are; named in the reader's language. */
interface Place {
  category_id: string
  parent_id: string | null
  name_zh: string
  name_en: string
}

export type Branch<T extends Place> = T & { children: Branch<T>[] }

export const categoryName = (one: Pick<Place, 'name_zh' | 'name_en'>, language: string): string =>
  language === 'en' ? one.name_en : one.name_zh

/** Siblings stay in the order given. Whoever's parent is not in the list stands at the top. */
export function categoryTree<T extends Place>(categories: readonly T[]): Branch<T>[] {
  const nodes = new Map(
    categories.map((one) => [one.category_id, { ...one, children: [] as Branch<T>[] }]),
  )
  const top: Branch<T>[] = []
  for (const node of nodes.values()) {
    const parent = node.parent_id ? nodes.get(node.parent_id) : undefined
    ;(parent ? parent.children : top).push(node)
  }
  return top
}

/** From the top down. */
export function categoryPath<T extends Place>(
  categories: readonly T[],
  id: string | null | undefined,
): T[] {
  const known = new Map(categories.map((one) => [one.category_id, one]))
  const path: T[] = []
  let place = id ? known.get(id) : undefined
  while (place && path.length < known.size) {
    path.unshift(place)
    place = place.parent_id ? known.get(place.parent_id) : undefined
  }
  return path
}

/** The category and all below it: where it cannot be moved to. */
export function categoryWithBelow<T extends Place>(
  categories: readonly T[],
  id: string,
): Set<string> {
  const found = new Set([id])
  let size = 0
  while (size < found.size) {
    size = found.size
    for (const one of categories)
      if (one.parent_id && found.has(one.parent_id)) found.add(one.category_id)
  }
  return found
}
