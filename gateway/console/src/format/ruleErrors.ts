/** What the server says is wrong with a condition, an action or a recipient, as a key of ours. */

const KNOWN: [RegExp, string][] = [
  [/^is required$/, 'required'],
  [/^must not be empty$/, 'required'],
  [/^needs at least one (?:value|condition)$/, 'required'],
  [/^must be a list of at least one tag$/, 'required'],
  [/^must be a UUID$/, 'id'],
  [/^is not among the (?:groups|regions|people)$/, 'gone'],
  [/^must be a number$/, 'number'],
  [/^must be a list of two values/, 'pair'],
  [/^must not end before it begins$/, 'reversed'],
  [/^must be at most (?<count>\d+) characters$/, 'long'],
  [/^must have at most (?<count>\d+) /, 'many'],
  [/^must be at most (?<count>\d+) groups deep$/, 'deep'],
  [/^must be an instant/, 'instant'],
  [/^is not a field that conditions know$/, 'field'],
  [/^may be there only once$/, 'once'],
  [/^can never hold beside/, 'beside'],
  [/^can never hold$/, 'never'],
  [/^always holds$/, 'always'],
]

export function ruleError(
  text: string,
): { key: string; values: Record<string, string> } | undefined {
  for (const [pattern, key] of KNOWN) {
    const found = pattern.exec(text)
    if (found) return { key, values: { ...found.groups } }
  }
  return undefined
}
