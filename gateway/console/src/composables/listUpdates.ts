/** What a repeated look at the list has found, compared with what stands on the screen. */
import type { TicketPage, TicketRow } from '@/api/types'

export interface ListUpdates {
  /** The rows on the screen in their places, with their newest values. */
  rows: TicketRow[]
  /** How many tickets came, went or changed since the list was last put in order. */
  count: number
}

export function compareWithScreen(
  shown: TicketRow[],
  asLoaded: ReadonlyMap<string, number>,
  fresh: TicketPage,
): ListUpdates {
  const freshById = new Map(fresh.items.map((row) => [row.ticket_id, row]))
  const cameOrChanged = fresh.items.filter((row) => asLoaded.get(row.ticket_id) !== stamp(row))
  // On a full page a row that went makes room for another, which is counted already.
  const isWhole = fresh.next_cursor === null
  const went = isWhole ? shown.filter((row) => !freshById.has(row.ticket_id)) : []
  return {
    rows: shown.map((row) => freshById.get(row.ticket_id) ?? row),
    count: cameOrChanged.length + went.length,
  }
}

export function stampsOf(rows: TicketRow[]): Map<string, number> {
  return new Map(rows.map((row) => [row.ticket_id, stamp(row)]))
}

/** Not the version, which only counts what staff edit: a customer's message changes a row too. */
function stamp(row: TicketRow): number {
  return new Date(row.updated_at).getTime()
}
