/** What is wrong with a text of a notice, as a key of ours; and where its line begins. */
import type { FieldErrors } from '@/api/problem'

export interface Fault {
  field: string
  line: number
  message: string
}

const KNOWN: [RegExp, string][] = [
  [/^unknown variable (?<name>.+)$/, 'variable'],
  [/^unknown filter (?<name>.+)$/, 'filter'],
  [/^(?:for|loop) is not allowed here$/, 'loop'],
  [/^(?<name>\w+) is not allowed here$/, 'refused'],
  [/^must have at most (?<count>\d+) characters$/, 'long'],
  [/^is nested too deeply$/, 'deep'],
  [/^is required$/, 'required'],
  [/^[Uu]nexpected end of template/, 'unfinished'],
  [/^[Uu]nexpected|^expected|^[Ee]ncountered unknown tag|^Missing/, 'syntax'],
]

export function faultWord(
  message: string,
): { key: string; values: Record<string, string> } | undefined {
  for (const [pattern, key] of KNOWN) {
    const found = pattern.exec(message)
    if (found) return { key, values: { ...found.groups } }
  }
  return undefined
}

/** A refusal on saving names the line in its words: `line 3: unknown variable x`. */
export function faultsOf(errors: FieldErrors): Fault[] {
  return Object.entries(errors).flatMap(([field, texts]) =>
    [texts].flat().map((text) => {
      const found = /^line (\d+): (.*)$/s.exec(text)
      return found
        ? { field, line: Number(found[1]), message: found[2]! }
        : { field, line: 1, message: text }
    }),
  )
}

/** Where a line (from 1) begins and ends in a text. */
export function lineRange(text: string, line: number): [number, number] {
  const lines = text.split('\n')
  const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0)
  const start = Math.min(before, text.length)
  return [start, Math.min(start + (lines[line - 1]?.length ?? 0), text.length)]
}
