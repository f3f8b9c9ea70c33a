import { describe, expect, test } from 'vitest'

import { kindsOf, passwordHints } from '../src/format/password'

const met = (password: string) =>
  passwordHints(password, ['CS001', '张小明', 'wang.li'], 10)
    .filter(([, isMet]) => isMet)
    .map(([hint]) => hint)

describe('hints while a password is typed', () => {
  test('a good one meets all of them', () => {
    expect(met('Kx7#mP2qLw')).toEqual(['length', 'kinds', 'name'])
  })

  test('nothing meets nothing', () => {
    expect(met('')).toEqual([])
  })

  test('names count whatever their case, and in parts', () => {
    for (const password of ['xxcs001xx', '#张小明#', 'WANG-2026']) {
      expect(met(password)).not.toContain('name')
    }
    expect(met('li')).toContain('name')
  })

  test('characters are counted, not their halves', () => {
    expect(met('😀😀😀😀😀')).not.toContain('length')
  })

  test('Chinese letters are a kind like marks', () => {
    expect(kindsOf('小船aA1')).toBe(4)
    expect(kindsOf('小船#')).toBe(1)
  })
})
