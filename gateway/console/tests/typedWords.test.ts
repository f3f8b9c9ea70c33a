import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { effectScope, nextTick, ref } from 'vue'

import { useTypedWords } from '../src/composables/useTypedWords'

const looked = vi.fn()
const known = ref('')
const scope = effectScope()

beforeEach(() => {
  vi.useFakeTimers()
  looked.mockReset()
  known.value = ''
})
afterEach(() => vi.useRealTimers())

const typed = () => scope.run(() => useTypedWords(() => known.value, looked))!

test('words count when the typing pauses, without the space around them', () => {
  const { words, searchSoon } = typed()
  words.value = ' pri'
  searchSoon()
  vi.advanceTimersByTime(399)
  words.value = ' printer '
  searchSoon()
  vi.advanceTimersByTime(399)
  expect(looked).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(looked.mock.calls).toEqual([['printer']])
})

test('whoever confirms them does not wait, and they count once', () => {
  const { words, search, searchSoon } = typed()
  words.value = 'printer'
  searchSoon()
  search()
  vi.runAllTimers()
  expect(looked.mock.calls).toEqual([['printer']])
})

test('what is looked for already is not looked for again, and is shown when it changes', async () => {
  const { words, search } = typed()
  known.value = 'printer'
  await nextTick()
  expect(words.value).toBe('printer')
  words.value = 'printer '
  search()
  expect(looked).not.toHaveBeenCalled()
})
