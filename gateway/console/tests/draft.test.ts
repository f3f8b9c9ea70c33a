import { beforeEach, describe, expect, test } from 'vitest'

import { forgetDrafts, useDraft } from '../src/composables/useDraft'

describe('a draft', () => {
  beforeEach(() => localStorage.clear())

  test('is there again after a reload', () => {
    useDraft('p1', 'G1', 'reply').text = '您好'
    expect(useDraft('p1', 'G1', 'reply').text).toBe('您好')
  })

  test("is nobody else's, no other ticket's and no note", () => {
    useDraft('p1', 'G1', 'reply').text = '您好'
    const others = [
      useDraft('p2', 'G1', 'reply'),
      useDraft('p1', 'G2', 'reply'),
      useDraft('p1', 'G1', 'note'),
    ]
    expect(others.map((draft) => draft.text)).toEqual(['', '', ''])
  })

  test('keeps the key of a submission whose outcome is unknown', () => {
    useDraft('p1', 'G1', 'reply').pending = { key: 'k', content: 'c' }
    expect(useDraft('p1', 'G1', 'reply').pending).toEqual({ key: 'k', content: 'c' })
  })

  test('leaves nothing behind once it is sent', () => {
    const draft = useDraft('p1', 'G1', 'reply')
    draft.text = '您好'
    draft.text = ''
    expect(localStorage).toHaveLength(0)
  })

  test('goes when its writer signs out, and nobody else loses anything', () => {
    useDraft('p1', 'G1', 'reply').text = '您好'
    useDraft('p2', 'G1', 'reply').text = '再见'
    forgetDrafts('p1')
    expect(useDraft('p1', 'G1', 'reply').text).toBe('')
    expect(useDraft('p2', 'G1', 'reply').text).toBe('再见')
  })

  test('starts empty where the store holds rubbish', () => {
    localStorage.setItem('tidedesk.draft.p1.G1.reply', '{broken')
    expect(useDraft('p1', 'G1', 'reply').text).toBe('')
  })
})
