/** Categories, which come as a list, as the tree that they are; named in the reader's language. */
export interface Place {
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

export const DEEPEST = 4

/** Where something is put by dragging, as the tree says it: beside another, or into it. */
export type DropType = 'before' | 'after' | 'inner'

/** What a drop would make of it: the parent, and all its children in their new order. */
export function placeOfDrop<T extends Place>(
  categories: readonly T[],
  dragged: T,
  target: T,
  type: DropType,
): { parentId: string | null; ids: string[] } {
  const parentId = type === 'inner' ? target.category_id : target.parent_id
  const ids = categories
    .filter((one) => one.parent_id === parentId && one.category_id !== dragged.category_id)
    .map((one) => one.category_id)
  const at =
    type === 'inner' ? ids.length : ids.indexOf(target.category_id) + (type === 'after' ? 1 : 0)
  return { parentId, ids: ids.toSpliced(at, 0, dragged.category_id) }
}

/** Whether the tree would stay as flat as it must; nothing goes into itself or what is below. */
export function mayLie<T extends Place>(
  categories: readonly T[],
  id: string,
  parentId: string | null,
): boolean {
  const below = categoryWithBelow(categories, id)
  if (parentId && below.has(parentId)) return false
  const depth = (one: string | null) => categoryPath(categories, one).length
  const height = Math.max(...[...below].map(depth)) - depth(id) + 1
  return depth(parentId) + height <= DEEPEST
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
