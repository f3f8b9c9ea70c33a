/** Conditions in the reader's words: choices of a field, summaries, refusals. */
import { useI18n } from 'vue-i18n'

import type { Condition, ConditionField } from '@/api/conditions'
import { conditionText, type ConditionWords } from '@/format/conditions'
import { ruleError } from '@/format/ruleErrors'
import { fullTime } from '@/format/time'
import { language } from '@/i18n'
import { type Choice, inLanguage } from '@/stores/conditionFields'
import { useConditionSubjects } from '@/composables/useConditionSubjects'
import { useStatuses } from '@/stores/statuses'

export function useConditionWords() {
  const { t, te } = useI18n()
  const fields = useConditionSubjects()
  const statuses = useStatuses()

  /** What a value is chosen from; null where it is entered. */
  function choices(field: ConditionField): Choice[] | null {
    if (field.range) {
      const [low = 0, high = 0] = field.range
      return Array.from({ length: high - low + 1 }, (_, index) => ({
        value: low + index,
        label: numberWord(field.name, low + index),
      }))
    }
    if (field.name === 'own_status') {
      const own = statuses.items.filter((status) => status.is_own)
      return own.map(({ key }) => ({ value: key, label: statuses.label(key) }))
    }
    const offered = field.choices?.map((choice) => ({
      value: choice.value,
      label: field.name === 'status' ? statusName(choice) : inLanguage(choice.label),
    }))
    return offered ?? null
  }

  /** As it is named in this installation. */
  function statusName(choice: NonNullable<ConditionField['choices']>[number]): string {
    const known = statuses.byKey.has(choice.value)
    return known ? statuses.label(choice.value) : inLanguage(choice.label)
  }

  function numberWord(name: string, value: number): string {
    if (name === 'weekday') return t(`rules.weekday.${value}`)
    return name === 'local_hour' ? t('rules.hour', { hour: value }) : String(value)
  }

  function valueWord(field: ConditionField | undefined, value: string | number | boolean): string {
    if (typeof value === 'boolean') return t(value ? 'rules.yes' : 'rules.no')
    if (!field) return String(value)
    if (field.type === 'instant') return fullTime(String(value), language.value)
    if (field.source) return fields.names.get(String(value)) ?? t(`rules.some.${field.source}`)
    const found = choices(field)?.find((choice) => choice.value === value)
    if (found) return found.label
    return field.type === 'text' || field.type === 'custom' ? quoted(value) : String(value)
  }

  /** Instants are later where numbers are greater. */
  function opWord(field: ConditionField | undefined, op: string): string {
    const keys = [`rules.${field?.type}Op.${op}`, `rules.op.${op}`]
    const key = keys.find((one) => te(one))
    return key ? t(key) : op
  }

  function quoted(value: string | number): string {
    return typeof value === 'string' ? t('rules.quoted', { text: value }) : String(value)
  }

  function summary(condition: Condition): string {
    return conditionText(condition, words())
  }

  function words(): ConditionWords {
    return {
      field: fields.label,
      op: opWord,
      value: valueWord,
      entry: fields.entry,
      always: t('rules.always'),
      join: { all: t('rules.and'), any: t('rules.or'), none: t('rules.or') },
      list: t('rules.comma'),
      range: (from, to) => t('rules.range', { from, to }),
      none: (parts) => t('rules.noneOf', { parts }),
      brackets: (text) => t('rules.brackets', { text }),
    }
  }

  /** A refusal of the server's, which speaks English. */
  function errorWord(text: string): string {
    const found = ruleError(text)
    return found ? t(`rules.error.${found.key}`, found.values) : text
  }

  return { choices, opWord, summary, errorWord }
}
