/** What a ticket that is split off begins with: as the server puts it together. */
import type { Entry } from '@/api/types'

/** As many can be taken along at once. */
export const MOST_ENTRIES = 50
/** Customers may read it, and it is not translated for them: colleagues have no names there. */
const STAFF = '客服'

/** Messages and notes that can be read; events and what is withheld cannot be quoted. */
export function quotable(entries: readonly Entry[]): Entry[] {
  return entries.filter(({ kind, is_withheld: isWithheld }) => kind !== 'event' && !isWithheld)
}

/** The first message of the new ticket, and its first note if any note goes along. */
export function quotation(
  number: string,
  chosen: readonly Entry[],
): { message: string; note: string } {
  const inOrder = [...chosen].sort((one, other) => one.seq - other.seq)
  const joined = (kind: Entry['kind']) => {
    const parts = inOrder.filter((one) => one.kind === kind).map(quoted)
    return parts.length ? [`(${number})`, ...parts].join('\n\n') : ''
  }
  return { message: joined('message'), note: joined('note') }
}

function quoted({ author, text, created_at: at }: Entry): string {
  const who = author.kind === 'customer' ? author.name : STAFF
  return `[${minute(new Date(at))}] ${who}:\n${text ?? ''}`
}

function minute(at: Date): string {
  const two = (part: number) => String(part).padStart(2, '0')
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-')
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}`
}
