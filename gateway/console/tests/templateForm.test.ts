import { describe, expect, test } from 'vitest'

import type { FormField } from '../src/api/templates'
import {
  bodyOf,
  freshField,
  hiddenAtFirst,
  type TemplateForm,
} from '../src/components/templates/templateForm'

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
  statuses: null,
  ...more,
})

describe('a template that is opened to requesters', () => {
  test('hides what is secret and what only later stages ask for', () => {
    expect(hiddenAtFirst(form())).toEqual(['report', 'card'])
    expect(hiddenAtFirst(form({ confidential: null }))).toEqual(['report'])
  })

  test('hides no field that is there no more', () => {
    const requesters = { hidden: ['report', 'gone'] }
    expect(bodyOf(form({ requesters })).requesters).toEqual({ hidden: ['report'] })
    expect(bodyOf(form()).requesters).toBeNull()
  })
})
