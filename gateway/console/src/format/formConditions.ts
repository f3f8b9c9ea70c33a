/**
 * Conditions of forms as the services judge them: what is missing, null, an empty text or an empty
 * list is not set; whatever is of another type than the value makes a comparison false.
 */
import type { Comparison, Condition } from '@/api/conditions'
import type { FormDefinition, FormField, Stage } from '@/api/templates'
import { CUSTOM, isComparison, kindOf, listed, partsOf } from '@/format/conditions'

export type Values = Record<string, unknown>
/** kind, urgency and channel of the ticket. */
export type Facts = Record<string, unknown>

const OPPOSITE: Record<string, string> = {
  is_not: 'is',
  not_in: 'in',
  not_contains: 'contains',
  has_none: 'has_any',
  is_not_set: 'is_set',
}
const RANKS = ['normal', 'urgent', 'critical']

export function holds(condition: Condition, facts: Facts, values: Values): boolean {
  if (isComparison(condition)) return compared(condition, facts, values)
  const parts = partsOf(condition)
  const one = (part: Condition) => holds(part, facts, values)
  const kind = kindOf(condition)
  if (kind === 'all') return parts.every(one)
  return kind === 'any' ? parts.some(one) : !parts.some(one)
}

function compared(one: Comparison, facts: Facts, values: Values): boolean {
  const opposite = OPPOSITE[one.op]
  if (opposite) return !compared({ ...one, op: opposite }, facts, values)
  const fact = one.field.startsWith(CUSTOM)
    ? values[one.field.slice(CUSTOM.length)]
    : facts[one.field]
  const wanted = listed(one.value)
  const isRank = one.field === 'urgency'
  switch (one.op) {
    case 'is_set':
      return !(fact === undefined || fact === null || fact === '' || isEmptyList(fact))
    case 'is':
    case 'in':
      return wanted.some((value) => value === fact)
    case 'contains':
      return typeof fact === 'string' && low(fact).includes(low(wanted[0]))
    case 'starts_with':
      return typeof fact === 'string' && low(fact).startsWith(low(wanted[0]))
    case 'has_any':
      return Array.isArray(fact) && wanted.some((value) => fact.includes(value))
    case 'has_all':
      return Array.isArray(fact) && wanted.every((value) => fact.includes(value))
    default:
      return isRank
        ? ordered(one.op, RANKS.indexOf(String(fact)), wanted.map(rank))
        : typeof fact === 'number' && ordered(one.op, fact, wanted.map(Number))
  }
}

const isEmptyList = (fact: unknown) => Array.isArray(fact) && fact.length === 0
const low = (value: unknown) => String(value ?? '').toLowerCase()
const rank = (value: unknown) => RANKS.indexOf(String(value))

function ordered(op: string, fact: number, [first = 0, second = 0]: number[]): boolean {
  if (op === 'gt') return fact > first
  if (op === 'ge') return fact >= first
  if (op === 'lt') return fact < first
  if (op === 'le') return fact <= first
  return op === 'between' && fact >= first && fact <= second
}

/** The fields that show; the value of one that does not counts for no condition either. */
export function visibleFields(
  definition: FormDefinition,
  values: Values,
  facts: Facts,
): FormField[] {
  const shown = visibleKeys(definition.fields, values, facts)
  return definition.fields.filter((field) => shown.has(field.key))
}

function visibleKeys(fields: FormField[], values: Values, facts: Facts): Set<string> {
  const own = new Set(fields.map((field) => field.key))
  const counting: Values = Object.fromEntries(
    Object.entries(values).filter(([key]) => !own.has(key)),
  )
  const shown = new Set<string>()
  const judged = new Set<string>()
  let before = -1
  // The services refuse circles; a draft that has one here simply shows nothing of it.
  while (judged.size > before) {
    before = judged.size
    for (const { key, visible_when: condition } of fields) {
      if (judged.has(key) || !isDecided(condition, own, judged)) continue
      judged.add(key)
      if (condition && !holds(condition as Condition, facts, counting)) continue
      shown.add(key)
      counting[key] = values[key]
    }
  }
  return shown
}

function isDecided(condition: unknown, own: Set<string>, judged: Set<string>): boolean {
  if (!condition) return true
  return fieldsOf(condition as Condition).every((key) => !own.has(key) || judged.has(key))
}

function fieldsOf(condition: Condition): string[] {
  if (!isComparison(condition)) return partsOf(condition).flatMap(fieldsOf)
  return condition.field.startsWith(CUSTOM) ? [condition.field.slice(CUSTOM.length)] : []
}

/** Keys of the fields that have to be filled in at a stage. */
export function demandedKeys(
  definition: FormDefinition,
  values: Values,
  facts: Facts,
  stage: Stage,
): Set<string> {
  const visible = visibleFields(definition, values, facts)
  const counting = Object.fromEntries(visible.map(({ key }) => [key, values[key]]))
  const asked = new Set(definition.requirements[stage]?.fields ?? [])
  const wanted = visible.filter(
    (field) =>
      asked.has(field.key) ||
      (stage === 'create' &&
        (field.required ||
          (field.required_when && holds(field.required_when as Condition, facts, counting)))),
  )
  return new Set(wanted.map((field) => field.key))
}
