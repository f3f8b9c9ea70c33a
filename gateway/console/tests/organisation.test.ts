import { describe, expect, test } from 'vitest'

import type { Unit } from '../src/api/organisation'
import { csvOf } from '../src/format/csv'
import { pathOf, treeOf, withBelow } from '../src/format/tree'

const unit = (id: string, parent_id: string | null = null): Unit => ({
  id,
  parent_id,
  name: id.toUpperCase(),
  position: 0,
  is_active: true,
  child_count: 0,
  person_count: 0,
  group_count: 0,
  version: 1,
})

describe('units', () => {
  const units = [unit('b', 'a'), unit('a'), unit('c', 'b'), unit('d', 'gone'), unit('e', 'a')]

  test('hang from their parents in the order given', () => {
    const [first, second] = treeOf(units)
    expect([first!.id, second!.id]).toEqual(['a', 'd'])
    expect(first!.children.map((node) => node.id)).toEqual(['b', 'e'])
    expect(first!.children[0]!.children[0]!.id).toBe('c')
  })

  test('have a path of names', () => {
    expect(pathOf(units, 'c')).toEqual(['A', 'B', 'C'])
    expect(pathOf(units, 'nobody')).toEqual([])
    expect(pathOf(units, null)).toEqual([])
  })

  test('a circle in what was read ends', () => {
    expect(pathOf([unit('x', 'y'), unit('y', 'x')], 'x')).toHaveLength(2)
  })

  test('what is below a unit goes with it', () => {
    expect(withBelow(units, 'a')).toEqual(new Set(['a', 'b', 'c', 'e']))
    expect(withBelow(units, 'c')).toEqual(new Set(['c']))
  })
})

describe('a file of passwords', () => {
  test('opens as text, whatever it holds', () => {
    expect(
      csvOf([
        ['登录名', 'x'],
        ['CS"1', '=1+1'],
      ]),
    ).toBe('\ufeff登录名,x\r\n"CS""1",\'=1+1\r\n')
    for (const text of ['+1', '-1', '@x', '\t=1']) {
      expect(csvOf([[text]])).toContain(`'${text}`)
    }
  })

  test('keeps commas and lines in their cells', () => {
    expect(csvOf([['a,b', 'c\nd']])).toBe('\ufeff"a,b","c\nd"\r\n')
  })
})
