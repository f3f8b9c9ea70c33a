/** A score sheet as it is edited. */
import type { NewScoreSheet, ScoreSheet } from '@/api/quality'

export interface ItemForm {
  /** None while the item is new. */
  item_id?: string
  name: string
  guide: string
  kind: 'yes_no' | 'points'
  max: number
  weight: number
  is_fatal: boolean
  comment_below: number | null
}

export interface SheetFormValues {
  name: string
  description: string
  pass_mark: number
  appeal_days: number
  sections: { name: string; items: ItemForm[] }[]
}

export const newItem = (): ItemForm => ({
  name: '',
  guide: '',
  kind: 'points',
  max: 10,
  weight: 1,
  is_fatal: false,
  comment_below: null,
})

export const newSection = () => ({ name: '', items: [newItem()] })

export function formOf(sheet: ScoreSheet | null): SheetFormValues {
  return {
    name: sheet?.name ?? '',
    description: sheet?.description ?? '',
    pass_mark: sheet?.pass_mark ?? 80,
    appeal_days: sheet?.appeal_days ?? 7,
    sections: sheet?.sections.map(({ name, items }) => ({
      name,
      items: items.map((item) => ({ ...item, guide: item.guide ?? '' })),
    })) ?? [newSection()],
  }
}

export function bodyOf(form: SheetFormValues): NewScoreSheet {
  return {
    name: form.name.trim(),
    description: form.description.trim() || null,
    pass_mark: form.pass_mark,
    appeal_days: form.appeal_days,
    sections: form.sections.map(({ name, items }) => ({
      name: name.trim(),
      items: items.map(({ max, guide, ...item }) => ({
        ...item,
        name: item.name.trim(),
        guide: guide.trim() || null,
        ...(item.kind === 'points' ? { max } : {}),
      })),
    })),
  }
}

export const isComplete = (form: SheetFormValues): boolean =>
  !!form.name.trim() &&
  form.sections.length > 0 &&
  form.sections.every(
    ({ name, items }) =>
      !!name.trim() && items.length > 0 && items.every((one) => !!one.name.trim()),
  )
