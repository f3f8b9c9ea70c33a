import { describe, expect, test } from 'vitest'

import type { Wishes } from '../src/api/preferences'
import {
  bodyOf,
  formOf,
  turned,
  wayOf,
  waysOf,
  wishOf,
} from '../src/components/preferences/wishForm'
import { deliveryError } from '../src/format/deliveryErrors'
import { faultsOf, faultWord, lineRange } from '../src/format/textFaults'

const wishes: Wishes = {
  channels: {},
  language: null,
  zone: null,
  quiet_from: null,
  quiet_until: null,
  quiet_days: [1, 2, 3, 4, 5, 6, 7],
  wecom_userid: null,
  dingtalk_userid: null,
  groups: [
    { key: 'progress', label: { zh: '处理进展', en: 'Progress' } },
    { key: 'replies', label: { zh: '回复与结果', en: 'Answers' } },
  ],
  offered: ['mail', 'sms'],
  version: 0,
}

describe('wishes', () => {
  test('of somebody who has none send none', () => {
    expect(bodyOf(formOf(wishes), wishes).channels).toEqual({})
  })

  test('every order of some of the channels can be chosen, most of them first', () => {
    const ways = [['mail', 'sms'], ['sms', 'mail'], ['mail'], ['sms'], []]
    expect(waysOf(['mail', 'sms'])).toEqual(ways)
  })

  test('a way chosen is a wish, and the other way round', () => {
    const wish = wishOf(['sms'], ['mail', 'sms'])
    expect(wish).toEqual({ order: ['sms'], off: ['mail'] })
    expect(wayOf(wish, ['mail', 'sms'])).toEqual(['sms'])
  })

  test('a channel switched on again leaves no wish behind', () => {
    const off = turned(null, 'sms', false)
    expect(off).toEqual({ order: [], off: ['sms'] })
    expect(turned(off, 'sms', true)).toBeNull()
  })

  test('a group that follows the others no more says so', () => {
    const old = { ...wishes, channels: { '*': { order: [], off: ['sms'] } } }
    const form = formOf(old)
    expect(form.channels.progress).toEqual({ order: [], off: ['sms'] })
    form.channels.progress = null
    expect(bodyOf(form, old).channels).toEqual({
      '*': { order: [], off: ['sms'] },
      progress: { order: [], off: [] },
      replies: { order: [], off: ['sms'] },
    })
  })
})

describe('what is wrong with a text', () => {
  test('a refusal names its line', () => {
    expect(faultsOf({ body: ['line 3: unknown variable x'], subject: ['is required'] })).toEqual([
      { field: 'body', line: 3, message: 'unknown variable x' },
      { field: 'subject', line: 1, message: 'is required' },
    ])
  })

  test('has words for variables and tags', () => {
    expect(faultWord('unknown variable nummer')).toEqual({
      key: 'variable',
      values: { name: 'nummer' },
    })
    expect(faultWord('for is not allowed here')?.key).toBe('loop')
    expect(faultWord("unexpected '}'")?.key).toBe('syntax')
  })

  test('a line is found where it stands', () => {
    expect(lineRange('ab\ncde\nf', 2)).toEqual([3, 6])
    expect(lineRange('ab', 9)).toEqual([2, 2])
  })
})

test('our own reasons have words, a provider’s stay as they are', () => {
  expect(deliveryError('no phone number')).toBe('noPhone')
  expect(deliveryError('isv.BUSINESS_LIMIT_CONTROL')).toBeUndefined()
})
