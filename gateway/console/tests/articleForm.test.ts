import { describe, expect, test } from 'vitest'

import { changesOf, emptyForm, merged, tidied } from '../src/components/knowledge/articleForm'

const began = { ...emptyForm('zh', '如何退款'), summary: '摘要' }

describe('what an author has written', () => {
  test('is sent without empty lines and without line breaks in a step', () => {
    const form = { ...began, kind: 'solution' as const, steps: [' 断电 \n等待 ', ' '] }
    expect(tidied(form).steps).toEqual(['断电 等待'])
  })

  test('has steps only as a solution', () => {
    expect(tidied({ ...began, steps: ['断电'] }).steps).toEqual([])
  })

  test('is sent only where it differs from what one began with', () => {
    expect(changesOf(began, { ...began, title: '退款' })).toEqual({ title: '退款' })
  })
})

describe('the words of two authors', () => {
  test('come together where each changed something else', () => {
    const joined = merged(began, { ...began, title: '甲' }, { ...began, summary: '乙' })
    expect([joined.form.title, joined.form.summary]).toEqual(['甲', '乙'])
    expect([joined.theirs, joined.clashes]).toEqual([['summary'], []])
  })

  test("leave this author's where both changed the same, and say so", () => {
    const joined = merged(began, { ...began, title: '甲' }, { ...began, title: '乙' })
    expect([joined.form.title, joined.clashes]).toEqual(['甲', ['title']])
  })

  test('do not clash where both wrote the same', () => {
    const joined = merged(began, { ...began, title: '同' }, { ...began, title: '同' })
    expect(joined.clashes).toEqual([])
  })
})
