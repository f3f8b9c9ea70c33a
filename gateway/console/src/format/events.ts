/** Timeline events as sentences: which catalogue entry, with which values. */
import type { Entry } from '@/api/types'

export interface EventSentence {
  key: string
  values: Record<string, string>
  /** What the actor wrote along with it: a reason, a note, the result. */
  note: string
  /** Somebody should look at it. */
  isTrouble: boolean
}

/** How the words of the reader's language are found. */
export interface EventWords {
  status(key: string): string
  urgency(key: string): string
  kind(key: string): string
  channel(key: string): string
  target(key: string): string
  field(key: string): string
  /** A template by its name in both languages; of none, that there was none. */
  template(name: unknown): string
  /** "很不满意（1 分）" */
  score(score: number): string
  recommends(nps: number): string
  /** A reason that the customer chose. */
  reason(key: string): string
  /** How staff heard of it. */
  toldBy(channel: string): string
  satisfied(isSatisfied: boolean): string
  /** How a linked ticket is called: "重复于". */
  relation(word: string): string
  listOf(names: string[]): string
  /** An instant in the reader's zone; nothing for none. */
  instant?(iso: string): string
  /** When something was said that was written down later. */
  saidAt?(iso: string): string
  /** A word of a scale of urgency. */
  urgencyWord?(key: string): string
  /** A category by the names that it had. */
  category?(names: unknown): string
  /** How a customer's identity was checked. */
  identityMethod?(method: string): string
  /** Why a value could not stay: its code with what the words need. */
  fault?(reason: Record<string, unknown>): string
  /** "1 小时 30 分钟" */
  minutes(minutes: number): string
}

type Facts = Record<string, unknown>
type Sentence = [key: string, values?: Record<string, string>]

const HANDED = new Set(['automatic', 'grab', 'hand_over', 'escalation', 'transfer', 'returned'])
const TROUBLE = new Set([
  ...['notice_failed', 'clock_breached', 'repeated_complaint', 'abnormality', 'trigger_stopped'],
  ...['urged_portal', 'urged_staff', 'urged_message', 'supervision_late'],
  'collaboration_overdue',
])
const PLAIN = new Set(['accepted', 'solved', 'closed', 'archived', 'reopened'])

export function eventSentence(entry: Entry, words: EventWords): EventSentence {
  const facts = record(entry.event)
  const [key, values = {}] = sentence(facts, entry, words)
  const spoken = text(facts.note) || text(facts.reason)
  // Of a change of template both the reason and what was lost are told.
  const both = facts.type === 'ticket.template_changed' && entry.text && spoken
  const note = both ? `${spoken}\n${entry.text}` : spoken || (entry.text ?? '')
  const isTrouble = TROUBLE.has(key) || facts.is_satisfied === false
  return { key: `event.${key}`, values, note, isTrouble }
}

function sentence(facts: Facts, entry: Entry, words: EventWords): Sentence {
  const type = text(facts.type).replace(/^ticket\./, '')
  if (type === 'created') return ['created', { channel: words.channel(text(facts.channel)) }]
  if (type === 'assigned') return assigned(facts, entry)
  if (type === 'transferred') return transferred(facts)
  if (type === 'returned') return returned(facts)
  if (type === 'status_changed' && facts.close_kind) return closed(facts)
  if (type === 'status_changed') {
    const from = words.status(text(facts.from_own_status) || text(facts.from_status))
    const to = words.status(text(facts.to_own_status) || text(facts.to_status))
    return ['status_changed', { from, to }]
  }
  if (type === 'template_changed') return templateChanged(facts, words)
  if (type === 'values_left_out') return valuesLeftOut(facts, words)
  if (type === 'edited') return ['edited', { changes: edits(facts, words) }]
  if (type === 'reopened' && facts.cause === 'customer') return ['reopened_by_customer']
  if (type === 'reopened' && facts.cause === 'low_score') return ['reopened_by_low_score']
  if (type === 'reopened' && facts.cause === 'child') return ['reopened_by_child']
  if (type === 'rated') return rated(facts, words)
  if (type === 'followed_up') return ['followed_up', { number: text(facts.number) }]
  if (type === 'notice.failed') {
    return ['notice_failed', { channel: words.channel(text(facts.channel)) }]
  }
  if (type === 'trigger.stopped') return ['trigger_stopped']
  if (type === 'hint_ignored') return ignoredHint(facts, words)
  if (type === 'action.skipped') return ['action_skipped', { action: text(facts.action) }]
  const shared = together(type, facts, words)
  if (shared) return shared
  return (
    related(type, facts, words) ??
    ruled(type, facts, words) ??
    moved(type, facts, words) ??
    (PLAIN.has(type) ? [type] : ['other', { type: text(facts.type) }])
  )
}

function ignoredHint(facts: Facts, words: EventWords): Sentence {
  const { urgency, words: found } = record(facts.proposed)
  const told = Array.isArray(found) ? found.map(text) : []
  // Of a confidential ticket no words are quoted.
  if (!told.length) return ['hint_ignored_unquoted', { urgency: words.urgency(text(urgency)) }]
  return ['hint_ignored', { urgency: words.urgency(text(urgency)), words: words.listOf(told) }]
}

/** Taking a ticket is an assignment to oneself, and reads better said so. */
function assigned(facts: Facts, entry: Entry): Sentence {
  const assignee = record(facts.assignee)
  if (entry.author.id && assignee.person_id === entry.author.id) return ['taken']
  const mode = text(facts.mode)
  const key = HANDED.has(mode) ? `assigned_by_${mode}` : 'assigned'
  return [key, { assignee: text(assignee.name) }]
}

/** What had no place in the new form follows in the entry's text. */
function templateChanged(facts: Facts, words: EventWords): Sentence {
  const isLossy = Array.isArray(facts.lost) && facts.lost.length > 0
  const [from, to] = [facts.from_template, facts.to_template].map((one) =>
    words.template(record(one).name),
  )
  const category = facts.lost_category ? categoryWord(facts.lost_category, words) : ''
  const key = category ? 'template_changed_category' : 'template_changed'
  return [isLossy ? `${key}_lost` : key, { from: from!, to: to!, category }]
}

/** What a message's form said and the template could not hold; as it was said stands in the text. */
function valuesLeftOut(facts: Facts, words: EventWords): Sentence {
  const left = Array.isArray(facts.left_out) ? facts.left_out.map(record) : []
  const reasons = left.map((one) => `${text(one.name)} (${words.fault?.(one) ?? text(one.code)})`)
  return ['values_left_out', { reasons: words.listOf(reasons) }]
}

/** Given back by somebody, or taken away by a rule. */
function returned(facts: Facts): Sentence {
  const previous = text(record(facts.previous).name)
  const key = facts.cause === 'accept_timeout' ? 'returned_unconfirmed' : 'returned'
  return [key, { previous }]
}

/** What the customer answered, or what staff wrote down of their words. */
function rated(facts: Facts, words: EventWords): Sentence {
  const { score, nps, is_satisfied: isSatisfied, reasons } = facts
  const isBySurvey = facts.source === 'survey'
  const parts = [
    !isBySurvey && typeof isSatisfied === 'boolean' ? words.satisfied(isSatisfied) : '',
    typeof score === 'number' ? words.score(score) : '',
    typeof nps === 'number' ? words.recommends(nps) : '',
    ...(Array.isArray(reasons) ? reasons.map((key) => words.reason(text(key))) : []),
    text(facts.told_by) ? words.toldBy(text(facts.told_by)) : '',
    text(facts.said_at) ? (words.saidAt?.(text(facts.said_at)) ?? '') : '',
  ]
  const judgement = words.listOf(parts.filter(Boolean))
  if (facts.source === 'portal') return ['rated_in_portal', { judgement }]
  return [isBySurvey ? 'rated' : 'rated_by_staff', { judgement }]
}

function transferred(facts: Facts): Sentence {
  const department = text(record(facts.department).name)
  if (department) return ['transferred_to_department', { department }]
  return ['transferred', { group: text(record(facts.group).name) }]
}

/** As what it was closed. */
function closed(facts: Facts): Sentence {
  const parent = text(facts.with_parent)
  if (parent) return ['closed_with_parent', { number: parent }]
  return [`closed_as_${text(facts.close_kind)}`, { number: text(facts.duplicate_of) }]
}

/** Followed, urged, supervised, thrown away. */
function moved(type: string, facts: Facts, words: EventWords): Sentence | undefined {
  const due = words.instant?.(text(facts.due_at)) ?? text(facts.due_at)
  if (type === 'cc_changed') return copied(facts, words)
  if (type === 'urged') {
    return [`urged_${text(facts.source)}`, { count: String(facts.urge_count ?? '') }]
  }
  if (type === 'supervised') return ['supervised', { due, hours: String(facts.every_hours ?? '') }]
  if (type === 'supervision_urged') {
    const key = facts.is_late === true ? 'supervision_late' : 'supervision_urged'
    return [key, { due, count: String(facts.reminders ?? '') }]
  }
  if (type === 'identity_checked') {
    const until = words.instant?.(text(facts.valid_until)) ?? text(facts.valid_until)
    const method = words.identityMethod?.(text(facts.method)) ?? text(facts.method)
    return [`identity_${text(facts.result)}`, { method, until }]
  }
  if (type === 'supervision_ended') return [`supervision_${text(facts.outcome)}`]
  return type === 'deleted' || type === 'restored' ? [type] : undefined
}

function copied(facts: Facts, words: EventWords): Sentence {
  const names = (value: unknown) =>
    words.listOf((Array.isArray(value) ? value : []).map((one) => text(record(one).name)))
  const [added, removed] = [names(facts.added), names(facts.removed)]
  return [added && removed ? 'cc_both' : added ? 'cc_added' : 'cc_removed', { added, removed }]
}

/** What policies have found; steps of a clock and its breach are about the same target. */
function ruled(type: string, facts: Facts, words: EventWords): Sentence | undefined {
  const target = words.target(text(facts.target))
  if (type === 'clock.breached') return ['clock_breached', { target }]
  if (type === 'step.reached') {
    const phase = facts.phase === 'before' ? 'before' : 'after'
    return [`step_${phase}`, { target, policy: text(facts.policy_name) }]
  }
  if (type !== 'abnormality.found') return undefined
  const { count, days } = record(facts.facts)
  return facts.abnormality === 'repeated_complaint'
    ? ['repeated_complaint', { count: String(count ?? ''), days: String(days ?? '') }]
    : ['abnormality', { kind: text(facts.abnormality) }]
}

/** What people ask of one another, and how long they were at it. */
function together(type: string, facts: Facts, words: EventWords): Sentence | undefined {
  if (type === 'collaboration_started') {
    const parts = Array.isArray(facts.parts) ? facts.parts.map(record) : []
    const targets = words.listOf(parts.map((part) => text(record(part.target).name)))
    return [type, { targets }]
  }
  if (type.startsWith('collaboration_')) {
    const target = text(record(facts.target).name)
    return [type, { target, score: String(facts.given_score ?? '') }]
  }
  if (type.startsWith('effort_')) {
    const [minutes, before] = [Number(facts.minutes ?? 0), Number(facts.previous_minutes ?? 0)]
    return [type, { duration: words.minutes(minutes), before: words.minutes(before) }]
  }
  return type === 'material_revoked' ? [type] : undefined
}

/** What has come to belong with another ticket, or does no longer. */
function related(type: string, facts: Facts, words: EventWords): Sentence | undefined {
  const side = facts.parent ? 'parent' : 'child'
  const number = text(facts.number) || text(facts.problem) || text(facts.parent)
  if (type === 'linked' || type === 'unlinked')
    return [type, { number, relation: words.relation(text(facts.relation)) }]
  if (type === 'attached' || type === 'detached')
    return [`${side}_${type}`, { number: number || text(facts.child) }]
  if (type === 'children_finished') return [type, { number: text(facts.child) }]
  if (type === 'merged' && facts.into) return ['merged_into', { number: text(facts.into) }]
  if (type === 'merged') {
    const numbers = Array.isArray(facts.sources) ? facts.sources.map(text) : []
    return ['merged_from', { numbers: words.listOf(numbers) }]
  }
  if (type === 'unmerged')
    return facts.source
      ? ['unmerged_source', { number: text(facts.source) }]
      : ['unmerged_from', { number: text(facts.target) }]
  if (['split', 'problem_linked', 'problem_unlinked'].includes(type)) return [type, { number }]
  return undefined
}

/** "紧急程度：一般 → 特急"; lists and objects are only named. */
function edits(facts: Facts, words: EventWords): string {
  const changes = Array.isArray(facts.changes) ? facts.changes.map(record) : []
  const parts = changes.map((change) => {
    const name = text(change.field)
    const word = (value: unknown) =>
      name === 'category' ? categoryWord(value, words) : valueWord(name, text(value), words)
    const [from, to] = [word(change.from), word(change.to)]
    return to ? `${words.field(name)}: ${from || '—'} → ${to}` : words.field(name)
  })
  return words.listOf(parts)
}

function categoryWord(value: unknown, words: EventWords): string {
  return words.category?.(record(value).names) ?? ''
}

function valueWord(field: string, value: string, words: EventWords): string {
  if (field === 'urgency') return words.urgency(value)
  if (field === 'urgency_word') return words.urgencyWord?.(value) ?? value
  return field === 'kind' ? words.kind(value) : value
}

function record(value: unknown): Facts {
  return typeof value === 'object' && value !== null ? (value as Facts) : {}
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
