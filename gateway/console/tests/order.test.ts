import { expect, test } from 'vitest'

import { follower, movedBy } from '../src/format/order'

test.each([
  ['a', 1, ['b', 'a', 'c']],
  ['c', -1, ['a', 'c', 'b']],
  ['a', 2, ['b', 'c', 'a']],
])('%s moves by %i, and the others keep their order', (id, by, moved) => {
  const ids = ['a', 'b', 'c']
  expect(movedBy(ids, id, by)).toEqual(moved)
  expect(ids).toEqual(['a', 'b', 'c'])
})

test('behind the last stands nothing', () => {
  expect(follower(['a', 'b', 'c'], 'a')).toBe('b')
  expect(follower(['a', 'b', 'c'], 'c')).toBeNull()
  expect(follower(['a'], 'a')).toBeNull()
})
