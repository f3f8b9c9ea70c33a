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
  /** "很不满意（1 分）" */
  score(score: number): string
  recommends(nps: number): string
  /** A reason that the customer chose. */
  reason(key: string): string
  /** How staff heard of it. */
  toldBy(channel: string): string
  satisfied(isSatisfied: boolean): string
  listOf(names: string[]): string
}

type Facts = Record<string, unknown>
type Sentence = [key: string, values?: Record<string, string>]

const HANDED = new Set(['automatic', 'grab', 'hand_over', 'escalation'])
const TROUBLE = new Set(['notice_failed', 'clock_breached', 'repeated_complaint', 'abnormality'])
const PLAIN = new Set(['accepted', 'solved', 'closed', 'archived', 'reopened'])

export function eventSentence(entry: Entry, words: EventWords): EventSentence {
  const facts = record(entry.event)
  const [key, values = {}] = sentence(facts, entry, words)
  const note = text(facts.note) || text(facts.reason) || (entry.text ?? '')
  const isTrouble = TROUBLE.has(key) || facts.is_satisfied === false
  return { key: `event.${key}`, values, note, isTrouble }
}

function sentence(facts: Facts, entry: Entry, words: EventWords): Sentence {
  const type = text(facts.type).replace(/^ticket\./, '')
  if (type === 'created') return ['created', { channel: words.channel(text(facts.channel)) }]
  if (type === 'assigned') return assigned(facts, entry)
  if (type === 'transferred') return ['transferred', { group: text(record(facts.group).name) }]
  if (type === 'returned') return returned(facts)
  if (type === 'status_changed') {
    const from = words.status(text(facts.from_status))
    return ['status_changed', { from, to: words.status(text(facts.to_status)) }]
  }
  if (type === 'edited') return ['edited', { changes: edits(facts, words) }]
  if (type === 'reopened' && facts.cause === 'customer') return ['reopened_by_customer']
  if (type === 'reopened' && facts.cause === 'low_score') return ['reopened_by_low_score']
  if (type === 'rated') return rated(facts, words)
  if (type === 'followed_up') return ['followed_up', { number: text(facts.number) }]
  if (type === 'notice.failed') {
    return ['notice_failed', { channel: words.channel(text(facts.channel)) }]
  }
  if (type === 'action.skipped') return ['action_skipped', { action: text(facts.action) }]
  return (
    ruled(type, facts, words) ?? (PLAIN.has(type) ? [type] : ['other', { type: text(facts.type) }])
  )
}

/** Taking a ticket is an assignment to oneself, and reads better said so. */
function assigned(facts: Facts, entry: Entry): Sentence {
  const assignee = record(facts.assignee)
  if (entry.author.id && assignee.person_id === entry.author.id) return ['taken']
  const mode = text(facts.mode)
  const key = HANDED.has(mode) ? `assigned_by_${mode}` : 'assigned'
  return [key, { assignee: text(assignee.name) }]
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
  ]
  const judgement = words.listOf(parts.filter(Boolean))
  return [isBySurvey ? 'rated' : 'rated_by_staff', { judgement }]
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

/** "紧急程度：一般 → 特急"; lists and objects are only named. */
function edits(facts: Facts, words: EventWords): string {
  const changes = Array.isArray(facts.changes) ? facts.changes.map(record) : []
  const parts = changes.map((change) => {
    const name = text(change.field)
    const word = (value: unknown) => valueWord(name, text(value), words)
    const [from, to] = [word(change.from), word(change.to)]
    return to ? `${words.field(name)}: ${from || '—'} → ${to}` : words.field(name)
  })
  return words.listOf(parts)
}

function valueWord(field: string, value: string, words: EventWords): string {
  if (field === 'urgency') return words.urgency(value)
  return field === 'kind' ? words.kind(value) : value
}

function record(value: unknown): Facts {
  return typeof value === 'object' && value !== null ? (value as Facts) : {}
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
