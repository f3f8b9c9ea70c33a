import { describe, expect, test } from 'vitest'

import { NOTHING_YET, withEarlier, withEntry, withNewest } from '../src/composables/timeline'
import type { TimelinePage } from '../src/api/types'
import { entry } from './rows'

const page = (from: number, to: number, previous_cursor: string | null): TimelinePage => ({
  items: Array.from({ length: to - from + 1 }, (_, index) => entry(from + index)),
  previous_cursor,
})
const seqs = (timeline: { entries: { seq: number }[] }) => timeline.entries.map(({ seq }) => seq)

describe('a timeline', () => {
  const start = withNewest(NOTHING_YET, page(4, 6, 'older'))

  test('gets older pages in front', () => {
    const whole = withEarlier(start, page(1, 3, null))
    expect(seqs(whole)).toEqual([1, 2, 3, 4, 5, 6])
    expect(whole.previousCursor).toBeNull()
  })

  test('keeps what was read of older pages when news come', () => {
    const whole = withEarlier(start, page(2, 3, 'even older'))
    const later = withNewest(whole, page(5, 7, 'older'))
    expect(seqs(later)).toEqual([2, 3, 4, 5, 6, 7])
    expect(later.previousCursor).toBe('even older')
  })

  test('starts anew where news would leave a gap', () => {
    const later = withNewest(start, page(20, 22, 'nineteen'))
    expect(seqs(later)).toEqual([20, 21, 22])
    expect(later.previousCursor).toBe('nineteen')
  })

  test('starts anew where words have become readable, or are withheld', () => {
    const hidden = page(4, 6, 'older')
    hidden.items = hidden.items.map((one) => ({ ...one, text: null, is_withheld: true }))
    const whole = withEarlier(withNewest(NOTHING_YET, hidden), page(1, 3, null))
    const read = withNewest(whole, page(4, 7, 'older'))
    expect(read.entries.map((one) => one.is_withheld ?? false)).toEqual(Array(4).fill(false))
    expect(read.previousCursor).toBe('older')
    const again = withNewest(read, hidden)
    expect(again.entries.every((one) => one.is_withheld)).toBe(true)
    expect(seqs(again)).toEqual([4, 5, 6])
  })

  test('has an own entry once, however often it comes', () => {
    const written = withEntry(start, entry(7))
    expect(seqs(withNewest(written, page(5, 7, 'older')))).toEqual([4, 5, 6, 7])
  })
})
