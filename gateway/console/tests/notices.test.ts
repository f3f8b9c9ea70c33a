import { type Composer, createI18n } from 'vue-i18n'
import { expect, test } from 'vitest'

import type { Notice } from '../src/api/types'
import { noticeText, noticeTitle } from '../src/format/notices'
import en from '../src/locales/en'
import zh from '../src/locales/zh-CN'

// By its plain type: the one that createI18n infers knows every key of both catalogues.
const { t, te, locale } = createI18n({
  legacy: false,
  locale: 'en',
  messages: { en, 'zh-CN': zh } as never,
}).global as unknown as Composer
const words = {
  has: (key: string) => te(key),
  say: (key: string, values: Record<string, string>) => t(key, values),
}

function notice(occasion: string, number: string | null = 'G20231001001'): Notice {
  return {
    notice_id: 'n',
    occasion,
    ticket_id: 't',
    ticket_number: number,
    title: '工单 G20231001001：原题',
    text: '',
    is_urgent: false,
    created_at: '2026-11-01T08:00:00Z',
    read_at: null,
  }
}

test.each(['assigned', 'message', 'reopened'])(
  "%s is told in the reader's language",
  (occasion) => {
    locale.value = 'en'
    expect(noticeTitle(notice(occasion), words)).toMatch(/[Tt]icket G20231001001/)
    locale.value = 'zh-CN'
    expect(noticeTitle(notice(occasion), words)).toMatch(/工单 G20231001001/)
    expect(noticeTitle(notice(occasion), words)).not.toContain('原题')
  },
)

test.each(['breached', '', 'ticket.assigned'])(
  '%s, not known here, keeps its title',
  (occasion) => {
    expect(noticeTitle(notice(occasion), words)).toContain('原题')
  },
)

test('without a number there is nothing to fill in', () => {
  expect(noticeTitle(notice('assigned', null), words)).toContain('原题')
})

function alert(facts: Notice['facts']): Notice {
  return {
    ...notice('security', null),
    ticket_id: null,
    title: '疑似暴力破解登录密码',
    text: '帐号：李雷，来源地址：203.0.113.7',
    facts,
  }
}

test("an alert is told in the reader's language, with who and whence", () => {
  const seen = alert({
    kind: 'brute_force',
    severity: 'critical',
    person_name: '李雷',
    address: '203.0.113.7',
  })
  locale.value = 'en'
  expect(noticeTitle(seen, words)).toBe('Somebody may be guessing a password')
  expect(noticeText(seen, words)).toBe('Account: 李雷 · From: 203.0.113.7')
  locale.value = 'zh-CN'
  expect(noticeText(seen, words)).toBe('账号：李雷 · 来源地址：203.0.113.7')
})

test('an alert of a kind that is not known here keeps its title', () => {
  const seen = alert({ kind: 'later', severity: 'notice', person_name: null, address: null })
  expect(noticeTitle(seen, words)).toBe('疑似暴力破解登录密码')
  expect(noticeText(seen, words)).toBe('')
})

test('an alert without facts keeps what is stored', () => {
  expect(noticeTitle(alert(null), words)).toBe('疑似暴力破解登录密码')
  expect(noticeText(alert(null), words)).toContain('203.0.113.7')
})

test("a ticket's notice keeps its text", () => {
  expect(noticeText({ ...notice('message'), text: '在吗' }, words)).toBe('在吗')
})

test.each([
  ['sla', { phase: 'before', target: 'first_reply' }, '即将超时：首次回复'],
  ['sla', { phase: 'after', target: 'resolution' }, '超时未处理：解决'],
  ['abnormality', { kind: 'repeated_complaint' }, '多次投诉'],
  ['offer', { urgency: 'normal' }, '可以抢单'],
  ['offer', { cause: 'grabbed' }, '已被抢走'],
  ['offer', { cause: 'expired' }, '抢单已结束'],
  ['returned', { cause: 'accept_timeout' }, '超时未确认'],
  ['returned', { cause: 'hand_over' }, '已退回'],
])('%s is told by its facts, in both languages', (occasion, facts, words_of_it) => {
  const told = { ...notice(occasion), facts }
  locale.value = 'zh-CN'
  expect(noticeTitle(told, words)).toContain(words_of_it)
  locale.value = 'en'
  expect(noticeTitle(told, words)).toMatch(/[Tt]icket G20231001001/)
})
