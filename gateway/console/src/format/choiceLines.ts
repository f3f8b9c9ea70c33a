/** Choices as lines that people write: `value | 中文 | English`, with a `>` for each level below. */
import type { Choice } from '@/api/templates'

export function linesOf(choices: readonly Choice[], depth = 0): string {
  return choices
    .flatMap(({ value, label, children }) => {
      const words = [value, label.zh, label.en].filter((one, n, all) => n < 2 || one !== all[1])
      const line = `${'>'.repeat(depth)}${depth ? ' ' : ''}${words.join(' | ')}`
      return children?.length ? [line, linesOf(children, depth + 1)] : [line]
    })
    .join('\n')
}

/** A line of one part is its own value. */
export function choicesOf(lines: string, isTree: boolean): Choice[] {
  const roots: Choice[] = []
  const path: Choice[][] = [roots]
  for (const line of lines.split('\n')) {
    const [, marks = '', rest = ''] = /^(>*)\s*(.*)$/.exec(line.trim()) ?? []
    const [value = '', zh, en] = rest.split('|').map((part) => part.trim())
    if (!value) continue
    const choice: Choice = { value, label: { zh: zh || value, en: en || zh || value } }
    const depth = isTree ? Math.min(marks.length, path.length - 1) : 0
    path.length = depth + 1
    path[depth]!.push(choice)
    // Its children are put here when the next line is one.
    const children: Choice[] = []
    path.push(children)
    choice.children = children
  }
  return pruned(roots)
}

function pruned(choices: Choice[]): Choice[] {
  return choices.map(({ value, label, children }) =>
    children?.length ? { value, label, children: pruned(children) } : { value, label },
  )
}
