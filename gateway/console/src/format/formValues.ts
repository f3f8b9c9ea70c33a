/** Values of forms: whether they say something, and how people read them. */
import type { Choice, FieldFault, FormField, Wording } from '@/api/templates'
import { SUMMARY } from '@/api/templates'

import type { Values } from './formConditions'
import { fullTime } from './time'

function isBlank(value: unknown): boolean {
  if (value === null || value === undefined) return true
  if (typeof value === 'string') return !value.trim()
  if (Array.isArray(value)) return value.length === 0
  return typeof value === 'object' && Object.values(value).every(isBlank)
}

/** What has been filled in, for the wire. */
export function filledValues(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => !isBlank(value)))
}

/** What differs from before; what has been emptied is null. */
export function changedValues(before: Values, after: Values): Values {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)])
  const changes = [...keys].flatMap((key) => {
    const value = isBlank(after[key]) ? null : after[key]
    const isSame = JSON.stringify(value) === JSON.stringify(before[key] ?? null)
    return isSame ? [] : [[key, value] as const]
  })
  return Object.fromEntries(changes)
}

/** Whether two values say the same; nothing is said by an empty one. */
export function areSame(one: unknown, other: unknown): boolean {
  const plain = (value: unknown) => JSON.stringify(isBlank(value) ? null : value)
  return plain(one) === plain(other)
}

/** What a template is for; the Chinese words stand where English ones are missing. */
export function described(
  template: { description: string; description_en: string },
  language: string,
): string {
  const { description, description_en: english } = template
  return language === 'en' ? english || description : description
}

export function said(words: Wording | null | undefined, language: string): string {
  return (language === 'en' ? words?.en : words?.zh) ?? ''
}

/** A value in the reader's language; lists as lines. */
export function shownValue(field: FormField | undefined, value: unknown, language: string): string {
  if (isBlank(value)) return '—'
  if (Array.isArray(value)) {
    const texts = value.map((one) => shownValue(field, one, language))
    return texts.join(texts.some((text) => text.length > 12) ? '\n' : '、')
  }
  if (typeof value === 'object') return shownObject(value as Values)
  const choices = field?.options.choices as Choice[] | undefined
  const chosen = choices && choicePath(choices, value, language)
  if (chosen) return chosen
  if (field?.type === 'money') return `${String(value)} ${String(field.options.currency ?? '')}`
  return field?.type === 'date_time' ? fullTime(String(value), language) : String(value)
}

function shownObject(value: Values): string {
  if ('attachment_id' in value) return String(value.name)
  if ('text' in value) {
    return 'lng' in value
      ? `${String(value.text)} (${String(value.lng)}, ${String(value.lat)})`
      : String(value.text)
  }
  return Object.values(value)
    .filter((one) => !isBlank(one))
    .map(String)
    .join(' · ')
}

/** "电器 / 电视". */
function choicePath(choices: Choice[], value: unknown, language: string): string {
  for (const choice of choices) {
    const label = said(choice.label, language)
    if (choice.value === value) return label
    const below = choicePath(choice.children ?? [], value, language)
    if (below) return `${label} / ${below}`
  }
  return ''
}

/** Fields of the closing summary, which every template has once a stage asks for them. */
export function summaryField(key: string, label: string): FormField {
  return {
    key,
    type: 'long_text',
    label: { zh: label, en: label },
    help: null,
    placeholder: null,
    required: true,
    visible_when: null,
    required_when: null,
    default: null,
    options: { max_length: 4000 },
  }
}

export const isSummary = (key: string) => (SUMMARY as readonly string[]).includes(key)

/** `fields.a[0].b` → `a`. */
export function keyOfPath(path: string): string {
  return path.replace(/^fields\./, '').replace(/\[.*$/, '')
}

/** Faults that a refusal brings, in the form of those of a ticket. */
export function faultsOf(body: unknown): FieldFault[] {
  if (typeof body !== 'object' || body === null) return []
  return Object.entries(body as Record<string, Record<string, unknown>>).map(
    ([path, { code, ...told }]) => ({ path, code: String(code), told, message: '' }),
  )
}
