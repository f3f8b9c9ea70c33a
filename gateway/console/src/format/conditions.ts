/** Conditions as trees: taken apart, put together, and told in one line. */
import type {
  Comparison,
  Condition,
  ConditionField,
  Group,
  GroupKind,
  Value,
} from '@/api/conditions'
import type { FieldErrors } from '@/api/problem'

export const KINDS: GroupKind[] = ['all', 'any', 'none']
export const CUSTOM = 'fields.'
export const DEEPEST = 5

/** How a value is entered. */
export type Shape = 'none' | 'one' | 'pair' | 'list'

export function isComparison(node: Condition): node is Comparison {
  return 'field' in node
}

export function kindOf(group: Group): GroupKind {
  return KINDS.find((kind) => kind in group) ?? 'all'
}

export function partsOf(group: Group): Condition[] {
  return group[kindOf(group)] ?? []
}

export function groupOf(kind: GroupKind, parts: Condition[]): Group {
  return { [kind]: parts }
}

export function shapeOf(op: string): Shape {
  if (op === 'is_set' || op === 'is_not_set') return 'none'
  if (op === 'between') return 'pair'
  return op === 'in' || op === 'not_in' || op.startsWith('has_') ? 'list' : 'one'
}

/** The comparison with another word; its value stays as far as it fits. */
export function withOp(old: Comparison, op: string): Comparison {
  const shape = shapeOf(op)
  const held = [old.value ?? []].flat()
  if (shape === 'none') return { field: old.field, op }
  if (shape === 'list') return { field: old.field, op, value: held }
  if (shape === 'pair') return { field: old.field, op, value: held.slice(0, 2) }
  return held.length ? { field: old.field, op, value: held[0]! } : { field: old.field, op }
}

/** What the server says of this very place, or of what is in it where nothing is shown itself. */
export function errorsAt(errors: FieldErrors, path: string, ...members: string[]): string[] {
  const places = [path, ...members.map((member) => `${path}.${member}`)]
  return Object.entries(errors)
    .filter(([key]) => places.some((place) => key === place || isItem(key, place)))
    .flatMap(([, texts]) => texts)
}

/** `….value[1]` of `….value`, but not `….all[1].value` of `….all`. */
function isItem(key: string, place: string): boolean {
  return key.startsWith(`${place}[`) && /^\[\d+\]$/.test(key.slice(place.length))
}

/** What a summary needs to know of the reader's language. */
export interface ConditionWords {
  field(name: string): string
  op(field: ConditionField | undefined, op: string): string
  value(field: ConditionField | undefined, value: string | number | boolean): string
  entry(name: string): ConditionField | undefined
  always: string
  join: Record<GroupKind, string>
  list: string
  range(from: string, to: string): string
  none(parts: string): string
  brackets(text: string): string
}

export function conditionText(node: Condition, words: ConditionWords): string {
  if (isComparison(node)) return comparisonText(node, words)
  const kind = kindOf(node)
  const parts = partsOf(node)
  if (parts.length === 0) return words.always
  const texts = parts.map((part) =>
    isBare(part, parts.length) ? conditionText(part, words) : inBrackets(part, words),
  )
  const told = texts.join(words.join[kind])
  return kind === 'none' ? words.none(told) : told
}

/** Needs no brackets: a comparison, the only part, or a group that brings its own. */
function isBare(part: Condition, count: number): boolean {
  if (isComparison(part) || count === 1) return true
  return kindOf(part) === 'none' || partsOf(part).length < 2
}

function inBrackets(part: Condition, words: ConditionWords): string {
  return words.brackets(conditionText(part, words))
}

function comparisonText(one: Comparison, words: ConditionWords): string {
  const told = [words.field(one.field), words.op(words.entry(one.field), one.op)]
  if (shapeOf(one.op) !== 'none') told.push(valueText(one, words))
  return told.join(' ')
}

function valueText(one: Comparison, words: ConditionWords): string {
  const entry = words.entry(one.field)
  const texts = listed(one.value).map((value) => words.value(entry, value))
  if (shapeOf(one.op) === 'pair') return words.range(texts[0] ?? '…', texts[1] ?? '…')
  return texts.join(words.list) || '…'
}

export function listed(value: Value | undefined): (string | number | boolean)[] {
  return value === undefined ? [] : [value].flat()
}

/** All that the server says of a place and of whatever is in it. */
export function errorsBelow(errors: FieldErrors, path: string): string[] {
  return Object.entries(errors)
    .filter(([key]) => key === path || key.startsWith(`${path}.`) || key.startsWith(`${path}[`))
    .flatMap(([, texts]) => texts)
}
