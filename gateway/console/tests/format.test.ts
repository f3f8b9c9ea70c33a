import { describe, expect, test } from 'vitest'

import { contactKind } from '../src/format/contact'
import { errorParts } from '../src/format/errors'
import { oneLine } from '../src/format/oneLine'
import { counter, fileSize } from '../src/format/size'
import { relativeTime } from '../src/format/time'

const now = new Date('2026-11-10T12:00:00')
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000).toISOString()

describe('times', () => {
  test('are relative for a week, then dates', () => {
    expect(relativeTime(ago(0), 'zh-CN', now)).toBeNull()
    expect(relativeTime(ago(3), 'zh-CN', now)).toBe('3分钟前')
    expect(relativeTime(ago(5 * 60), 'zh-CN', now)).toBe('5小时前')
    expect(relativeTime(ago(9 * 24 * 60), 'zh-CN', now)).toBe('11月1日')
  })

  test('name the year only where it is another', () => {
    expect(relativeTime('2025-03-04T12:00:00', 'zh-CN', now)).toBe('2025年3月4日')
  })

  test('follow the language', () => {
    expect(relativeTime(ago(3), 'en', now)).toBe('3 min. ago')
  })
})

test('sizes are short', () => {
  expect([0, 512, 1536, 184_320, 2_300_000].map(fileSize)).toEqual([
    '0 B',
    '512 B',
    '1.5 KB',
    '180 KB',
    '2.2 MB',
  ])
})

test('counters end at 999+', () => {
  expect(counter(undefined)).toBe('')
  expect(counter({ value: 999 })).toBe('999')
  expect(counter({ value: 1000 })).toBe('999+')
})

test('a customer is looked for by what was typed', () => {
  expect(contactKind('zhang.wei@example.com')).toBe('email')
  expect(contactKind('+86 138-0013-8000')).toBe('phone')
  expect(contactKind('张伟')).toBeNull()
})

test("an error's first line is its summary", () => {
  const error = 'ValueError: no such form\n  File "letters.py", line 7'
  expect(errorParts(error)).toEqual({ summary: 'ValueError: no such form', isLong: true })
  expect(errorParts('KeyError: 7\n')).toEqual({ summary: 'KeyError: 7', isLong: false })
  expect(errorParts('x'.repeat(500)).isLong).toBe(true)
  expect(errorParts('')).toEqual({ summary: '', isLong: false })
})

test('a reason becomes one line', () => {
  expect(oneLine('  客户\n要求\t加急 ')).toBe('客户 要求 加急')
})
