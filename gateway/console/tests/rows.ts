import type { Entry, TicketRow } from '../src/api/types'

export function ticketRow(
  id: string,
  updatedAt = '2026-11-01T08:00:00Z',
  part: Partial<TicketRow> = {},
): TicketRow {
  return {
    ticket_id: id,
    number: `G${id}`,
    subject: '咖啡机破损',
    kind: 'complaint',
    channel: 'mail',
    status: 'unassigned',
    status_category: 'new',
    own_status: null,
    urgency: 'normal',
    urgency_word: null,
    category: null,
    assignee: null,
    group: null,
    department_id: null,
    region_id: null,
    customer: { customer_id: 'c', name: '张伟' },
    created_at: updatedAt,
    updated_at: updatedAt,
    last_customer_message_at: null,
    next_due_at: null,
    is_overdue: false,
    score: null,
    is_dissatisfied: false,
    version: 1,
    ...part,
  }
}

export function entry(seq: number, part: Partial<Entry> = {}): Entry {
  return {
    entry_id: `e${seq}`,
    seq,
    kind: 'event',
    direction: null,
    author: { kind: 'agent', id: 'p1', name: '李娜' },
    text: null,
    html: null,
    attachments: [],
    event: null,
    is_auto_reply: false,
    created_at: '2026-11-01T08:00:00Z',
    ...part,
  }
}
