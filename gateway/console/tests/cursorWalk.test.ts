import { expect, test } from 'vitest'

import { cursorWalk } from '../src/composables/cursorWalk'

/** A list of three pages: `b` and `c` are the cursors behind the first and the second. */
function walk() {
  const asked: (string | null)[] = []
  const { cursor, nextCursor, steps } = cursorWalk(async () => {
    asked.push(cursor.value)
    nextCursor.value = { a: 'b', b: 'c', c: null }[cursor.value ?? 'a'] ?? null
  })
  return { asked, steps }
}

test('a list is walked forward to its last page and back to its first', async () => {
  const { asked, steps } = walk()
  await steps.restart()
  await steps.next()
  await steps.next()
  expect([steps.page.value, steps.hasNext.value]).toEqual([3, false])
  await steps.previous()
  expect([steps.page.value, steps.hasNext.value]).toEqual([2, true])
  expect(asked).toEqual([null, 'b', 'c', 'b'])
})

test('before the first page and behind the last there is none', async () => {
  const { asked, steps } = walk()
  await steps.restart()
  await steps.previous()
  expect(steps.page.value).toBe(1)
  for (let times = 0; times < 3; times++) await steps.next()
  expect(steps.page.value).toBe(3)
  expect(asked).toEqual([null, null, 'b', 'c', 'c'])
})
