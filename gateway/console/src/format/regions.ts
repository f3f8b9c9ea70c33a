/** Regions by their way from the top, `华东 / 上海`, in that order. */
interface Place {
  region_id: string
  parent_id: string | null
  name: string
}

export function regionPaths(places: Place[]): { id: string; path: string }[] {
  const known = new Map(places.map((place) => [place.region_id, place]))

  function pathOf(place: Place, below: number): string {
    const parent = place.parent_id ? known.get(place.parent_id) : undefined
    // A tree is no deeper than it has places; a circle would be one for ever.
    return parent && below > 0 ? `${pathOf(parent, below - 1)} / ${place.name}` : place.name
  }

  return places
    .map((place) => ({ id: place.region_id, path: pathOf(place, places.length) }))
    .sort((left, right) => left.path.localeCompare(right.path, 'zh'))
}
