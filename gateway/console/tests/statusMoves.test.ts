import { describe, expect, it } from 'vitest'

import type { Status } from '../src/api/types'
import { followersOf } from '../src/format/statusMoves'

function status(key: string, base = key): Status {
  const words = { zh: key, en: key }
  return {
    key,
    base,
    category: 'open',
    is_own: key !== base,
    label: words,
    customer_text: words,
    color: null,
    is_archived: false,
    position: 1,
    version: 1,
  }
}

const KNOWN = [
  ...['unassigned', 'in_progress', 'awaiting_customer', 'solved', 'closed', 'archived'].map((key) =>
    status(key),
  ),
  status('own_parts', 'awaiting_customer'),
  status('own_done', 'solved'),
]
const keys = (key: string, base = key) =>
  followersOf(status(key, base), KNOWN).map((one) => one.key)

describe('which statuses may follow', () => {
  it('own statuses follow where their bases do', () => {
    expect(keys('in_progress')).toEqual(['awaiting_customer', 'solved', 'closed', 'own_parts'])
  })

  it('an own status has the moves of its base, and leads back to it', () => {
    expect(keys('own_parts', 'awaiting_customer')).toEqual([
      ...['in_progress', 'awaiting_customer', 'solved', 'closed'],
    ])
  })

  it('what is solved may be called otherwise', () => {
    expect(keys('solved')).toEqual(['closed', 'own_done'])
  })

  it('what is closed is no business of templates', () => {
    expect(keys('closed')).toEqual([])
  })
})
