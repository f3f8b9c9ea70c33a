import { describe, expect, test } from 'vitest'

import { eventSentence, type EventWords } from '../src/format/events'
import zh from '../src/locales/zh-CN/core.json'
import { entry } from './rows'

const named = (group: Record<string, unknown>) => (key: string) => String(group[key] ?? key)
const words: EventWords = {
  status: (key) => `<${key}>`,
  urgency: named(zh.urgency),
  kind: named(zh.kind),
  channel: named(zh.channel),
  field: named(zh.field),
  listOf: (names) => names.join('；'),
}
const sentence = (event: Record<string, unknown>, part = {}) =>
  eventSentence(entry(1, { event, ...part }), words)

describe('an event in words', () => {
  test('tells taking from being assigned', () => {
    const assignee = { person_id: 'p1', name: '李娜' }
    expect(sentence({ type: 'ticket.assigned', assignee }).key).toBe('event.taken')
    const other = sentence({
      type: 'ticket.assigned',
      assignee: { person_id: 'p2', name: '王伟' },
      note: '请协助',
    })
    expect(other).toMatchObject({
      key: 'event.assigned',
      values: { assignee: '王伟' },
      note: '请协助',
    })
  })

  test('names the group that the ticket was passed to', () => {
    const group = { group_id: 'g1', name: '维修组' }
    expect(sentence({ type: 'ticket.transferred', group, note: '硬件故障' })).toMatchObject({
      key: 'event.transferred',
      values: { group: '维修组' },
      note: '硬件故障',
    })
  })

  test('names statuses as the reader knows them', () => {
    const { values } = sentence({ type: 'ticket.status_changed', from_status: 'a', to_status: 'b' })
    expect(values).toEqual({ from: '<a>', to: '<b>' })
  })

  test('shows what an edit changed, and only names what cannot be shown', () => {
    const changes = [
      { field: 'urgency', from: 'normal', to: 'critical' },
      { field: 'tags', from: [], to: ['VIP'] },
    ]
    const { values, note } = sentence({ type: 'ticket.edited', changes, reason: '客户催促' })
    expect(values).toEqual({ changes: '紧急程度: 一般 → 特急；标签' })
    expect(note).toBe('客户催促')
  })

  test('knows who reopened', () => {
    expect(sentence({ type: 'ticket.reopened', cause: 'staff' }).key).toBe('event.reopened')
    expect(sentence({ type: 'ticket.reopened', cause: 'customer' }).key).toBe(
      'event.reopened_by_customer',
    )
  })

  test('carries the result of a solution', () => {
    expect(sentence({ type: 'ticket.solved' }, { text: '已换货' })).toMatchObject({
      key: 'event.solved',
      note: '已换货',
    })
  })

  test('marks a failed notice as trouble', () => {
    const failed = sentence({ type: 'notice.failed', channel: 'mail', reason: '550' })
    expect(failed).toMatchObject({ isTrouble: true, values: { channel: '邮件' }, note: '550' })
  })

  test('shows the name of an event that came later than this console', () => {
    expect(sentence({ type: 'ticket.teleported' })).toMatchObject({
      key: 'event.other',
      values: { type: 'ticket.teleported' },
    })
  })

  test('has words in the catalogue for every key', () => {
    const types = [
      'created',
      'assigned',
      'transferred',
      'accepted',
      'status_changed',
      'edited',
      'solved',
      'reopened',
      'followed_up',
      'new',
    ]
    for (const type of types) {
      expect(zh.event).toHaveProperty(
        sentence({ type: `ticket.${type}` }).key.replace('event.', ''),
      )
    }
  })
})
