/** What somebody was about to write, kept in the browser until it is sent. */
import { reactive, watch } from 'vue'

import type { PendingKey } from '@/api/submission'
import type { Attachment } from '@/api/types'

export interface Draft {
  text: string
  attachments: Attachment[]
  /** Colleagues whom a note is meant for. */
  mentions: { person_id: string; name: string }[]
  /** The key of a submission whose outcome is unknown; a reload must not lose it. */
  pending: PendingKey | null
}

const PREFIX = 'tidedesk.draft'

export function useDraft(personId: string, number: string, kind: string): Draft {
  const name = [PREFIX, personId, number, kind].join('.')
  const draft = reactive<Draft>(stored(name))
  watch(draft, () => keep(name, draft), { deep: true, flush: 'sync' })
  return draft
}

function stored(name: string): Draft {
  const empty = { text: '', attachments: [], mentions: [], pending: null }
  try {
    return { ...empty, ...JSON.parse(localStorage.getItem(name) ?? '{}') }
  } catch {
    return empty
  }
}

function keep(name: string, draft: Draft): void {
  const { text, attachments, mentions, pending } = draft
  const isEmpty = !text && !pending && attachments.length === 0 && mentions.length === 0
  try {
    if (isEmpty) localStorage.removeItem(name)
    else localStorage.setItem(name, JSON.stringify(draft))
  } catch {
    // A full or forbidden store costs the draft after a reload, not the work at hand.
  }
}

/** For who signs out, perhaps from a computer that others use: what was not sent goes. */
export function forgetDrafts(personId: string): void {
  const own = `${PREFIX}.${personId}.`
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith(own)) localStorage.removeItem(name)
  }
}
