/** "name = key" a line, as people write it and as it is sent. */
export function namesIn(lines: string): { names: Record<string, string>; wrong: number[] } {
  const names: Record<string, string> = {}
  const wrong: number[] = []
  lines.split('\n').forEach((line, index) => {
    if (!line.trim()) return
    // A name may hold the sign itself; a key never does.
    const at = line.lastIndexOf('=')
    const [name, key] = [line.slice(0, at).trim(), line.slice(at + 1).trim()]
    if (at < 0 || !name || !key) wrong.push(index + 1)
    else names[name] = key
  })
  return { names, wrong }
}

export const linesOf = (names: Record<string, string>) =>
  Object.entries(names)
    .map(([name, key]) => `${name} = ${key}`)
    .join('\n')
