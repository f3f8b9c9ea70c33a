/** Units, which come as a list, as the tree that they are. */
import type { Unit } from '@/api/organisation'

export interface UnitNode extends Unit {
  children: UnitNode[]
}

/** Siblings stay in the order given. A unit whose parent is not in the list stands at the top. */
export function treeOf(units: Unit[]): UnitNode[] {
  const nodes = new Map(units.map((unit) => [unit.id, { ...unit, children: [] as UnitNode[] }]))
  const top: UnitNode[] = []
  for (const node of nodes.values()) {
    const parent = node.parent_id ? nodes.get(node.parent_id) : undefined
    ;(parent ? parent.children : top).push(node)
  }
  return top
}

/** Names from the top down. */
export function pathOf(units: Unit[], id: string | null | undefined): string[] {
  const known = new Map(units.map((unit) => [unit.id, unit]))
  const names: string[] = []
  let place = id ? known.get(id) : undefined
  while (place && names.length < known.size) {
    names.unshift(place.name)
    place = place.parent_id ? known.get(place.parent_id) : undefined
  }
  return names
}

/** The unit and all that is below it: where it cannot be moved to. */
export function withBelow(units: Unit[], id: string): Set<string> {
  const found = new Set([id])
  let size = 0
  while (size < found.size) {
    size = found.size
    for (const unit of units) if (unit.parent_id && found.has(unit.parent_id)) found.add(unit.id)
  }
  return found
}
