import { describe, expect, test, vi } from 'vitest'
import { createI18n } from 'vue-i18n'

import openapi from '../openapi.json'
import en from '../src/locales/en'
import type { Catalogue } from '../src/locales/merge'
import zh from '../src/locales/zh-CN'

function entries(catalogue: Catalogue, prefix = ''): [string, string][] {
  return Object.entries(catalogue).flatMap(([key, value]) =>
    typeof value === 'string'
      ? [[prefix + key, value] as [string, string]]
      : entries(value, `${prefix}${key}.`),
  )
}

/** Heads of keys that are handed to whoever puts the rest behind them. */
const HANDED_ON = [
  // useAuditWords
  ...['auditAction', 'auditLanguage', 'auditObject', 'auditStatus'],
  // useWords and useNoticeWords
  ...['channel', 'kind', 'role', 'noticeAudience', 'noticeChannel', 'textChannel'],
  // StatusLegend
  ...['deliveryStatusHint', 'webhookStatusHint'],
  // RowList
  ...['rules.recipient', 'noticeRules.recipient', 'templates.column'],
]

const placeholders = (text: string) =>
  [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort()

describe('the catalogues', () => {
  const chinese = new Map(entries(zh))
  const english = new Map(entries(en))

  test('both languages have the same keys', () => {
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort())
  })

  test('both languages fill in the same values', () => {
    for (const [key, text] of chinese) {
      expect(placeholders(english.get(key)!), key).toEqual(placeholders(text))
    }
  })

  test.each([
    ['zh-CN', zh, chinese],
    ['en', en, english],
  ] as const)('every text of %s can be shown', (locale, messages, texts) => {
    const warned = vi.spyOn(console, 'warn').mockReturnValue()
    const { t } = createI18n({ legacy: false, locale, messages: { [locale]: messages } }).global
    const broken = [...texts.keys()].filter((key) => {
      warned.mockClear()
      try {
        t(key, {})
      } catch {
        return true
      }
      // An @ or a { that stands for itself is written {'@'}.
      return warned.mock.calls.some(([words]) => String(words).includes('compilation error'))
    })
    expect(broken).toEqual([])
  })

  test('nothing is empty', () => {
    expect([...chinese, ...english].filter(([, text]) => !text.trim())).toEqual([])
  })
})

describe('the sources', () => {
  const sources = import.meta.glob<string>('../src/**/*.{vue,ts}', {
    query: '?raw',
    import: 'default',
    eager: true,
  })

  test('ask for no words that the catalogues lack', () => {
    const known = new Set(entries(zh).map(([key]) => key))
    const asked = Object.values(sources).flatMap((source) => [
      ...source.matchAll(/\bt\('([\w.]+)'/g),
    ])
    expect(asked.length).toBeGreaterThan(50)
    expect(asked.map((match) => match[1]!).filter((key) => !known.has(key))).toEqual([])
  })

  test('name every word of the catalogues', () => {
    const all = Object.values(sources).join('\n')
    const named = new Set([...all.matchAll(/['"`]([\w.-]+)['"`]/g)].map((match) => match[1]!))
    // Such as `quality.state.${one}`, with what may stand in the place of each expression.
    const shapes = [...all.matchAll(/`([\w-]+\.[\w.-]*(?:\$\{[^`{}]*\}[\w.-]*)+)`/g)].map(
      (match) => {
        const parts = match[1]!.split(/\$\{[^`{}]*\}/).map((part) => part.replaceAll('.', '\\.'))
        return new RegExp(`^${parts.join('.+')}$`)
      },
    )
    expect(shapes.length).toBeGreaterThan(100)
    const isNamed = (key: string) =>
      named.has(key) ||
      shapes.some((shape) => shape.test(key)) ||
      HANDED_ON.some((head) => key.startsWith(`${head}.`))
    expect(entries(zh).flatMap(([key]) => (isNamed(key) ? [] : key))).toEqual([])
  })
})

test('every operation of the API has words in the operation log', () => {
  const known = new Set(entries(zh).map(([key]) => key))
  const paths = Object.values(openapi.paths) as Record<string, { operationId?: string }>[]
  const operations = paths.flatMap((path) =>
    Object.values(path).flatMap((one) => one.operationId ?? []),
  )
  expect(operations.length).toBeGreaterThan(100)
  expect(operations.filter((name) => !known.has(`auditAction.${name}`))).toEqual([])
})
