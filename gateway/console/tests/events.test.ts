import { describe, expect, test } from 'vitest'

import { eventSentence, type EventWords } from '../src/format/events'
import zh from '../src/locales/zh-CN/core.json'
import structure from '../src/locales/zh-CN/structure.json'
import { entry } from './rows'

const named = (group: Record<string, unknown>) => (key: string) => String(group[key] ?? key)
const words: EventWords = {
  status: (key) => `<${key}>`,
  urgency: named(zh.urgency),
  kind: named(zh.kind),
  channel: named(zh.channel),
  field: named(zh.field),
  target: (key) => `<${key}>`,
  score: (score) => `${score} 分`,
  recommends: (nps) => `推荐 ${nps}`,
  reason: (key) => `<${key}>`,
  toldBy: (key) => `<${key}>`,
  template: (name) => `<${JSON.stringify(name)}>`,
  satisfied: (isSatisfied) => (isSatisfied ? '满意' : '不满意'),
  minutes: (minutes) => `${minutes} min`,
  relation: (word) => word,
  listOf: (names) => names.join('；'),
  instant: (iso) => (iso ? `at ${iso}` : ''),
  saidAt: (iso) => `said ${iso}`,
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

  test('tells when a confirmation was said, if that was earlier', () => {
    const rated = { type: 'ticket.rated', source: 'staff', is_satisfied: true, told_by: 'phone' }
    expect(sentence(rated).values.judgement).toBe('满意；<phone>')
    const earlier = { ...rated, said_at: '2026-11-20T01:00:00Z' }
    expect(sentence(earlier).values.judgement).toBe('满意；<phone>；said 2026-11-20T01:00:00Z')
  })

  test('tells until when a check of identity holds, in the form of instants', () => {
    const passed = { type: 'ticket.identity_checked', result: 'passed', method: 'document' }
    const until = { ...passed, valid_until: '2026-11-24T01:00:00Z' }
    expect(sentence(until).values.until).toBe('at 2026-11-24T01:00:00Z')
    expect(sentence({ ...passed, result: 'failed' }).key).toBe('event.identity_failed')
  })

  test('quotes the words of a hint where there are any', () => {
    const ignored = {
      type: 'ticket.hint_ignored',
      proposed: { urgency: 'urgent', words: ['马上'] },
    }
    expect(sentence(ignored).values.words).toBe('马上')
    const unquoted = { ...ignored, proposed: { urgency: 'urgent', words: [] } }
    expect(sentence(unquoted).key).toBe('event.hint_ignored_unquoted')
  })

  test.each(['automatic', 'grab', 'hand_over', 'escalation'])('says that it was %s', (mode) => {
    const event = { type: 'ticket.assigned', assignee: { person_id: 'p2', name: '王伟' }, mode }
    expect(sentence(event)).toMatchObject({
      key: `event.assigned_by_${mode}`,
      values: { assignee: '王伟' },
    })
    expect(zh.event).toHaveProperty(`assigned_by_${mode}`)
  })

  test.each([
    [{ type: 'ticket.linked', number: 'G1', relation: 'blocks' }, 'linked', 'G1'],
    [{ type: 'ticket.attached', parent: 'G1' }, 'parent_attached', 'G1'],
    [{ type: 'ticket.attached', child: 'G2' }, 'child_attached', 'G2'],
    [{ type: 'ticket.detached', child: 'G2' }, 'child_detached', 'G2'],
    [{ type: 'ticket.children_finished', child: 'G2' }, 'children_finished', 'G2'],
    [{ type: 'ticket.merged', into: 'G1' }, 'merged_into', 'G1'],
    [
      { type: 'ticket.status_changed', close_kind: 'invalid', with_parent: 'G1' },
      'closed_with_parent',
      'G1',
    ],
    [{ type: 'ticket.unmerged', source: 'G2' }, 'unmerged_source', 'G2'],
    [{ type: 'ticket.unmerged', target: 'G1' }, 'unmerged_from', 'G1'],
    [{ type: 'ticket.split', number: 'G3' }, 'split', 'G3'],
    [{ type: 'ticket.problem_linked', problem: 'P1' }, 'problem_linked', 'P1'],
  ])('tells what belongs together: %o', (event, key, number) => {
    expect(sentence(event)).toMatchObject({ key: `event.${key}`, values: { number } })
    expect(structure.event).toHaveProperty(key)
  })

  test('names all that were merged in', () => {
    expect(sentence({ type: 'ticket.merged', sources: ['G1', 'G2'] }).values.numbers).toBe('G1；G2')
  })

  test('says who gave a ticket back, and who did not confirm it', () => {
    const previous = { person_id: 'p1', name: '李娜' }
    const event = { type: 'ticket.returned', previous, cause: 'returned', reason: '不归我' }
    expect(sentence(event)).toMatchObject({ key: 'event.returned', note: '不归我' })
    expect(sentence({ ...event, cause: 'accept_timeout', reason: null })).toMatchObject({
      key: 'event.returned_unconfirmed',
      values: { previous: '李娜' },
    })
  })

  test('says what policies have found', () => {
    const clock = { target: 'first_reply', policy_name: '默认' }
    expect(sentence({ type: 'clock.breached', ...clock })).toMatchObject({
      key: 'event.clock_breached',
      values: { target: '<first_reply>' },
      isTrouble: true,
    })
    const step = { type: 'step.reached', ...clock, phase: 'before' }
    expect(sentence(step).key).toBe('event.step_before')
    expect(sentence({ ...step, phase: 'due' }).key).toBe('event.step_after')
    const found = { abnormality: 'repeated_complaint', facts: { count: 2, days: 30 } }
    expect(sentence({ type: 'abnormality.found', ...found })).toMatchObject({
      key: 'event.repeated_complaint',
      values: { count: '2', days: '30' },
    })
    const skipped = { type: 'action.skipped', action: 'assign', reason: '默认' }
    expect(sentence(skipped)).toMatchObject({ key: 'event.action_skipped', note: '默认' })
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

  test('tells of help that others give, and of effort', () => {
    const target = { kind: 'department', id: 'd', name: '技术部' }
    const parts = [{ target }, { target: { ...target, name: '仓库' } }]
    expect(sentence({ type: 'ticket.collaboration_started', parts })).toMatchObject({
      key: 'event.collaboration_started',
      values: { targets: '技术部；仓库' },
    })
    const declined = { type: 'ticket.collaboration_declined', target, reason: '没有权限' }
    expect(sentence(declined)).toMatchObject({ values: { target: '技术部' }, note: '没有权限' })
    expect(sentence({ type: 'ticket.collaboration_overdue', target }).isTrouble).toBe(true)
    const effort = { type: 'ticket.effort_changed', minutes: 50, previous_minutes: 30 }
    expect(sentence(effort)).toMatchObject({ values: { duration: '50 min', before: '30 min' } })
  })

  test('tells what a form said that had no place, and why', () => {
    const left = [
      { name: '台数', code: 'not_number' },
      { name: '颜色', code: 'unknown_field' },
    ]
    const event = { type: 'ticket.values_left_out', left_out: left }
    expect(sentence(event, { text: '台数: 两台\n颜色: 红' })).toMatchObject({
      key: 'event.values_left_out',
      values: { reasons: '台数 (not_number)；颜色 (unknown_field)' },
      note: '台数: 两台\n颜色: 红',
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
