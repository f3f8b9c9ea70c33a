/** Permissions in the order in which they are listed, under their nouns. */
export function grouped(permissions: readonly string[]): [string, string[]][] {
  const groups = new Map<string, string[]>()
  for (const name of permissions) {
    const noun = name.split('.')[0]!
    const group = groups.get(noun)
    if (group) group.push(name)
    else groups.set(noun, [name])
  }
  return [...groups]
}
