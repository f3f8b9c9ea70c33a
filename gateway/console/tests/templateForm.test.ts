import { describe, expect, test } from 'vitest'

import type { FormField } from '../src/api/templates'
import {
  bodyOf,
  freshField,
  hiddenAtFirst,
  type TemplateForm,
} from '../src/components/templates/templateForm'
import { areSame, described } from '../src/format/formValues'

const field = (key: string, more: Partial<FormField> = {}): FormField => ({
  ...freshField(),
  key,
  ...more,
})
const asked = (fields: string[] = []) => ({ fields, attachments: [], summary: [] })
const form = (more: Partial<TemplateForm> = {}): TemplateForm => ({
  name: { zh: '报修', en: 'Repair' },
  kind: 'repair',
  description: '',
  description_en: '',
  fields: [
    field('item', { required: true }),
    field('serial'),
    field('report'),
    field('card'),
    field('place'),
  ],
  requirements: {
    create: asked(['serial']),
    solve: asked(['item', 'serial', 'report']),
    close: asked(),
  },
  confidential: { fields: ['card'], identity_check: false },
  requesters: null,
  categories: [],
  statuses: null,
  ...more,
})

describe('a template that is opened to requesters', () => {
  test('hides what is secret and what only later stages ask for', () => {
    expect(hiddenAtFirst(form())).toEqual(['report', 'card'])
    expect(hiddenAtFirst(form({ confidential: null }))).toEqual(['report'])
  })

  test('hides no field that is there no more', () => {
    const requesters = { hidden: ['report', 'gone'], categories: false }
    expect(bodyOf(form({ requesters })).requesters).toEqual({
      hidden: ['report'],
      categories: false,
    })
    expect(bodyOf(form()).requesters).toBeNull()
  })

  test('lets them choose a category only where some are named', () => {
    const requesters = { hidden: [], categories: true }
    expect(bodyOf(form({ requesters })).requesters?.categories).toBe(false)
    const categories = ['0192f3a0-7c00-7000-8000-00000000ca01']
    expect(bodyOf(form({ requesters, categories })).requesters?.categories).toBe(true)
  })
})

test('a description is read in English where somebody has written one', () => {
  const told = { description: '上门维修', description_en: 'Repair at home' }
  expect([described(told, 'zh-CN'), described(told, 'en')]).toEqual(['上门维修', 'Repair at home'])
  expect(described({ ...told, description_en: '' }, 'en')).toBe('上门维修')
})

test('values that say nothing are the same, others by what they hold', () => {
  expect(areSame(undefined, '  ')).toBe(true)
  expect(areSame([{ a: 1 }], [{ a: 1 }])).toBe(true)
  expect(areSame('', '红')).toBe(false)
  expect(areSame(0, undefined)).toBe(false)
})
