import { describe, expect, test } from 'vitest'

import type { Comparison, Condition, ConditionField } from '../src/api/conditions'
import {
  conditionText,
  type ConditionWords,
  errorsAt,
  errorsBelow,
  kindOf,
  partsOf,
  withOp,
} from '../src/format/conditions'
import { ruleError } from '../src/format/ruleErrors'
import zh from '../src/locales/zh-CN'

const NAMES: Record<string, string> = { kind: '类型', tags: '标签', urgency: '紧急程度' }
const OPS: Record<string, string> = {
  is: '是',
  has_any: '含有任一',
  between: '介于',
  is_set: '有值',
}
const VALUES: Record<string, string> = { complaint: '投诉', critical: '特急' }

const words: ConditionWords = {
  field: (name) => NAMES[name] ?? name,
  op: (_field, op) => OPS[op] ?? op,
  value: (_field, value) => VALUES[String(value)] ?? String(value),
  entry: (name) => ({ name, type: 'choice', ops: [], label: { zh: '', en: '' } }) as ConditionField,
  always: '始终',
  join: { all: ' 且 ', any: ' 或 ', none: ' 或 ' },
  list: '、',
  range: (from, to) => `${from} 至 ${to}`,
  none: (parts) => `都不满足（${parts}）`,
  brackets: (text) => `（${text}）`,
}
const COMPLAINT: Condition = { field: 'kind', op: 'is', value: 'complaint' }
const CRITICAL: Condition = { field: 'urgency', op: 'is', value: 'critical' }
const TAGGED: Condition = { field: 'tags', op: 'has_any', value: ['商家', 'vip'] }

describe('a condition in words', () => {
  test.each<[Condition, string]>([
    [{}, '始终'],
    [{ all: [] }, '始终'],
    [COMPLAINT, '类型 是 投诉'],
    [{ all: [COMPLAINT, TAGGED] }, '类型 是 投诉 且 标签 含有任一 商家、vip'],
    [
      { all: [COMPLAINT, { any: [CRITICAL, TAGGED] }] },
      '类型 是 投诉 且 （紧急程度 是 特急 或 标签 含有任一 商家、vip）',
    ],
    [{ all: [{ any: [CRITICAL, TAGGED] }] }, '紧急程度 是 特急 或 标签 含有任一 商家、vip'],
    [{ any: [COMPLAINT, { all: [CRITICAL] }] }, '类型 是 投诉 或 紧急程度 是 特急'],
    [
      { all: [COMPLAINT, { none: [CRITICAL, TAGGED] }] },
      '类型 是 投诉 且 都不满足（紧急程度 是 特急 或 标签 含有任一 商家、vip）',
    ],
    [{ field: 'tags', op: 'is_set' }, '标签 有值'],
    [{ field: 'weekday', op: 'between', value: [1, 5] }, 'weekday 介于 1 至 5'],
    [{ field: 'kind', op: 'is' }, '类型 是 …'],
  ])('%j', (condition, text) => {
    expect(conditionText(condition, words)).toBe(text)
  })
})

describe('a comparison with another word', () => {
  const held = (value?: Comparison['value']): Comparison => ({ field: 'kind', op: 'is', value })

  test('keeps its value in the shape that is wanted', () => {
    expect(withOp(held('a'), 'in').value).toEqual(['a'])
    expect(withOp(held(['a', 'b']), 'is_not').value).toBe('a')
    expect(withOp(held([1, 2, 3]), 'between').value).toEqual([1, 2])
    expect(withOp(held(), 'has_all').value).toEqual([])
  })

  test('has no value where none belongs', () => {
    expect(withOp(held('a'), 'is_set')).toEqual({ field: 'kind', op: 'is_set' })
    expect(withOp(held([]), 'is')).toEqual({ field: 'kind', op: 'is' })
  })
})

test('a group is told by its word, and the empty condition is one', () => {
  expect(kindOf({})).toBe('all')
  expect(partsOf({})).toEqual([])
  expect(kindOf({ none: [COMPLAINT] })).toBe('none')
  expect(partsOf({ any: [COMPLAINT] })).toEqual([COMPLAINT])
})

describe('the errors of the server', () => {
  const errors = {
    condition: ['of all'],
    'condition.all[1].value': ['of the second'],
    'condition.all[1].value[2]': ['of its third value'],
    'condition.all[10].field': ['of another'],
    'condition.all[2].any[0].op': ['deeper'],
    'actions[0].tags[1]': ['of a tag'],
  }

  test('are shown where they belong and nowhere else', () => {
    const at = (path: string) => errorsAt(errors, path, 'field', 'op', 'value')
    expect(at('condition.all[1]')).toEqual(['of the second', 'of its third value'])
    expect(at('condition.all[10]')).toEqual(['of another'])
    expect(at('condition.all[2]')).toEqual([])
    expect(at('condition.all[2].any[0]')).toEqual(['deeper'])
    expect(errorsAt(errors, 'condition')).toEqual(['of all'])
    expect(errorsBelow(errors, 'actions[0]')).toEqual(['of a tag'])
    expect(errorsBelow(errors, 'actions[1]')).toEqual([])
  })

  test('are said in the words of the reader', () => {
    const known = (zh.rules as { error: Record<string, string> }).error
    expect(ruleError('must be at most 200 characters')).toEqual({
      key: 'long',
      values: { count: '200' },
    })
    expect(ruleError('can never hold beside what stands before it')?.key).toBe('beside')
    for (const text of ['is required', 'must be a UUID', 'always holds', 'can never hold'])
      expect(known).toHaveProperty(ruleError(text)!.key)
    expect(ruleError('must be one of a, b')).toBeUndefined()
  })
})
