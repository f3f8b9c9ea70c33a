import { describe, expect, test } from 'vitest'

import { linesOf, namesIn } from '../src/format/nameLines'

describe('names of a form', () => {
  test('are read line by line and written the same', () => {
    const { names, wrong } = namesIn('报修物品 = item\n\n a=b = fault ')
    expect(names).toEqual({ 报修物品: 'item', 'a=b': 'fault' })
    expect(wrong).toEqual([])
    expect(namesIn(linesOf(names)).names).toEqual(names)
  })

  test('are wrong by their line', () => {
    expect(namesIn('item\nx =\n= y\nok = z')).toEqual({ names: { ok: 'z' }, wrong: [1, 2, 3] })
  })
})
