/** What an entry of the log says, ready to be shown. */

export interface Change {
  name: string
  before: string | null
  after: string | null
}

/** Names of fields whose contents the gateway keeps out of the log (gateway/audit/detail.py). */
const CONTENTS =
  /password|token|secret|captcha|otp|recovery|email|phone|contact|text|html|body|description|subject|note|reason|comment|content|solution/

type Detail = Record<string, unknown> | null | undefined

/** The fields that changed: in the order of their names, each with what it was and what it is. */
export function changesOf(detail: Detail): Change[] {
  const before = record(detail?.before)
  const after = record(detail?.after)
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  return names.map((name) => ({ name, before: shown(before[name]), after: shown(after[name]) }))
}

/** What else the entry tells: a refusal's code, what was looked for. */
export function notesOf(detail: Detail): [string, string][] {
  return Object.entries(detail ?? {})
    .filter(([name]) => name !== 'before' && name !== 'after')
    .map(([name, value]) => [name, shown(value) ?? ''])
}

export function isContent(name: string): boolean {
  return CONTENTS.test(name) && !/^(needs_totp|must_change_password)$/.test(name)
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {}
}

function isNamed(value: unknown): value is { name: string } {
  return typeof record(value).name === 'string'
}

function shown(value: unknown): string | null {
  if (value === undefined || value === null) return null
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map((one) => shown(one) ?? '').join(', ')
  // A department, a region …: by its name rather than by everything that it has.
  if (isNamed(value)) return value.name
  if (typeof value === 'object') {
    return Object.entries(value)
      .map(([name, inner]) => `${name}: ${shown(inner) ?? ''}`)
      .join('; ')
  }
  return String(value)
}
