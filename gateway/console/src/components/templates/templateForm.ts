/** A template as its designer edits it, and as it is sent. */
import type { Condition, ConditionField } from '@/api/conditions'
import {
  type Choice,
  type FieldType,
  type FormField,
  type Requirements,
  type Stage,
  STAGES,
  type StatusMoves,
  type Template,
  type TemplateDraft,
  type Wording,
} from '@/api/templates'
import { CUSTOM, isComparison, partsOf } from '@/format/conditions'

export interface TemplateForm {
  name: Wording
  kind: Template['kind']
  description: string
  /** Empty: the Chinese one stands for it. */
  description_en: string
  fields: FormField[]
  requirements: Required<Requirements>
  confidential: Template['confidential']
  /** Null: only staff choose it. */
  requesters: Template['requesters']
  /** Ids of the categories that its tickets may have, with all below; none: every one. */
  categories: string[]
  /** Null: every move that the rules allow. */
  statuses: StatusMoves | null
}

export function formOf(template: Template): TemplateForm {
  const nothing = () => ({ fields: [], attachments: [], summary: [] })
  const copy = structuredClone(template)
  return {
    name: copy.name,
    kind: copy.kind,
    description: copy.description,
    description_en: copy.description_en,
    fields: copy.fields,
    requirements: Object.fromEntries(
      STAGES.map((stage) => [stage, copy.requirements[stage] ?? nothing()]),
    ) as Required<Requirements>,
    confidential: copy.confidential,
    requesters: copy.requesters,
    categories: copy.categories,
    statuses: copy.statuses,
  }
}

export function bodyOf(form: TemplateForm): TemplateDraft {
  const keys = new Set(form.fields.map(({ key }) => key))
  const requirements = Object.fromEntries(
    STAGES.map((stage) => {
      const asked = form.requirements[stage]
      return [stage, { ...asked, fields: asked.fields.filter((key) => keys.has(key)) }]
    }),
  )
  const confidential = form.confidential && {
    ...form.confidential,
    fields: form.confidential.fields.filter((key) => keys.has(key)),
  }
  const requesters = form.requesters && {
    hidden: form.requesters.hidden.filter((key) => keys.has(key)),
    // There is nothing to choose among where none are named.
    categories: form.requesters.categories && form.categories.length > 0,
  }
  return { ...form, requirements, confidential, requesters } as unknown as TemplateDraft
}

/** What requesters are not shown unless somebody says otherwise: what is secret, or found out. */
export function hiddenAtFirst(form: TemplateForm): string[] {
  const asked = (stage: Stage) => form.requirements[stage].fields
  const secret = form.confidential?.fields ?? []
  return form.fields
    .filter(({ key, required }) => !required && !asked('create').includes(key))
    .map(({ key }) => key)
    .filter((key) => [...secret, ...asked('solve'), ...asked('close')].includes(key))
}

export function freshField(): FormField {
  return {
    key: '',
    type: 'text',
    label: { zh: '', en: '' },
    help: null,
    placeholder: null,
    required: false,
    visible_when: null,
    required_when: null,
    default: null,
    options: {},
  }
}

/** A condition that says nothing is none. */
export function conditionOrNone(condition: Condition): FormField['visible_when'] {
  const isEmpty = !isComparison(condition) && partsOf(condition).length === 0
  return isEmpty ? null : (condition as FormField['visible_when'])
}

const PRESENCE = ['is_set', 'is_not_set']
const EXACT = ['is', 'is_not', 'in', 'not_in']
const OPS: Partial<Record<FieldType, string[]>> = {
  choice: [...EXACT, ...PRESENCE],
  tree_choice: [...EXACT, ...PRESENCE],
  multi_choice: ['has_any', 'has_all', 'has_none', ...PRESENCE],
  number: ['is', 'is_not', 'gt', 'ge', 'lt', 'le', 'between', ...PRESENCE],
  money: ['is', 'is_not', 'gt', 'ge', 'lt', 'le', 'between', ...PRESENCE],
}
const WORDS = ['is', 'is_not', 'contains', 'not_contains', ...PRESENCE]
const ONLY_PRESENCE: FieldType[] = ['place', 'person', 'table', 'file', 'date', 'time', 'date_time']

/** The fields of a template as subjects of one another's conditions. */
export function subjectOf(field: FormField): ConditionField {
  const ops = ONLY_PRESENCE.includes(field.type) ? PRESENCE : (OPS[field.type] ?? WORDS)
  const choices = leaves((field.options.choices ?? []) as Choice[])
  const isNumber = field.type === 'number' || field.type === 'money'
  return {
    name: CUSTOM + field.key,
    type: choices.length ? 'choice' : isNumber ? 'number' : 'text',
    ops,
    label: field.label,
    ...(choices.length ? { choices } : {}),
  } as ConditionField
}

function leaves(choices: Choice[]): { value: string; label: Wording }[] {
  return choices.flatMap(({ value, label, children }) => [
    { value, label },
    ...leaves(children ?? []),
  ])
}
