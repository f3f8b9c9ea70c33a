import { describe, expect, test } from 'vitest'

import { mayLie, placeOfDrop } from '../src/format/categories'

const place = (category_id: string, parent_id: string | null = null) => ({
  category_id,
  parent_id,
  name_zh: category_id,
  name_en: category_id,
})
const [a, b, c] = [place('a'), place('b'), place('c')]
const [a1, a2, b1, a11, a111] = [
  place('a1', 'a'),
  place('a2', 'a'),
  place('b1', 'b'),
  place('a11', 'a1'),
  place('a111', 'a11'),
]
const all = [a, b, c, a1, a2, b1, a11, a111]

describe('a category that is dragged', () => {
  test('comes to stand before or after another', () => {
    expect(placeOfDrop(all, c, a, 'before')).toEqual({ parentId: null, ids: ['c', 'a', 'b'] })
    expect(placeOfDrop(all, a, b, 'after')).toEqual({ parentId: null, ids: ['b', 'a', 'c'] })
  })

  test('goes to where the other lies', () => {
    expect(placeOfDrop(all, b1, a1, 'after')).toEqual({ parentId: 'a', ids: ['a1', 'b1', 'a2'] })
  })

  test('becomes the last of those in the other', () => {
    expect(placeOfDrop(all, c, a, 'inner')).toEqual({ parentId: 'a', ids: ['a1', 'a2', 'c'] })
    expect(placeOfDrop(all, c, b1, 'inner')).toEqual({ parentId: 'b1', ids: ['c'] })
  })

  test('goes nowhere where the tree became too deep', () => {
    expect(mayLie(all, 'a', 'b')).toBe(false)
    expect(mayLie(all, 'a1', 'b')).toBe(true)
    expect(mayLie(all, 'a1', 'b1')).toBe(false)
    expect(mayLie(all, 'c', 'a11')).toBe(true)
    expect(mayLie(all, 'c', 'a111')).toBe(false)
    expect(mayLie(all, 'a1', null)).toBe(true)
  })

  test('goes neither into itself nor below', () => {
    expect(mayLie(all, 'a', 'a')).toBe(false)
    expect(mayLie(all, 'a', 'a11')).toBe(false)
  })
})
