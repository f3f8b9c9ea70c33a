/** A language's catalogue is all files of its folder, one an area; sections may grow in several. */
export type Catalogue = { [key: string]: string | Catalogue }

export function merge(parts: Record<string, Catalogue>): Catalogue {
  return Object.keys(parts)
    .sort()
    .reduce<Catalogue>((whole, name) => joined(whole, parts[name]!, name), {})
}

function joined(left: Catalogue, right: Catalogue, name: string): Catalogue {
  const whole = { ...left }
  for (const [key, value] of Object.entries(right)) {
    const known = whole[key]
    if (known === undefined) whole[key] = value
    else if (typeof known === 'object' && typeof value === 'object')
      whole[key] = joined(known, value, `${name}.${key}`)
    else throw new Error(`${name}: ${key} has words already`)
  }
  return whole
}
