import { describe, expect, it } from 'vitest'

import type { Template } from '../src/api/templates'
import type { Entry } from '../src/api/types'
import { bodyOf, formOf } from '../src/components/templates/templateForm'
import { type EventWords, eventSentence } from '../src/format/events'

const field = (key: string) => ({ key, type: 'text', label: { zh: key, en: key }, options: {} })
const template = {
  name: { zh: '盗刷', en: 'Fraud' },
  kind: 'complaint',
  description: '',
  fields: [field('card'), field('room')],
  requirements: {},
  confidential: { fields: ['card', 'room'], identity_check: true },
} as unknown as Template

describe('a confidential template in its designer', () => {
  it('is sent as confidential as it was', () => {
    expect(bodyOf(formOf(template)).confidential).toEqual(template.confidential)
  })

  it('names no field that was taken away', () => {
    const form = formOf(template)
    form.fields = form.fields.filter(({ key }) => key !== 'card')
    expect(bodyOf(form).confidential).toEqual({ fields: ['room'], identity_check: true })
  })

  it('stays plain if it is', () => {
    expect(bodyOf(formOf({ ...template, confidential: null })).confidential).toBeNull()
  })
})

describe('a check of identity in the timeline', () => {
  const words = {
    target: (key: string) => key,
    instant: (iso: string) => `at ${iso}`,
    identityMethod: (method: string) => `by ${method}`,
  } as unknown as EventWords
  const entry = (event: Record<string, unknown>) => ({ event, text: null }) as unknown as Entry

  it('says how, and until when it holds', () => {
    const event = { type: 'ticket.identity_checked', method: 'call_back', result: 'passed' }
    const told = eventSentence(entry({ ...event, valid_until: '2026-11-23' }), words)
    expect(told.key).toBe('event.identity_passed')
    expect(told.values).toEqual({ method: 'by call_back', until: 'at 2026-11-23' })
  })

  it('says that it failed', () => {
    const event = { type: 'ticket.identity_checked', method: 'account', result: 'failed' }
    expect(eventSentence(entry({ ...event, valid_until: null }), words).key).toBe(
      'event.identity_failed',
    )
  })
})
