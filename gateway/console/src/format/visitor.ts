/** Tells a visitor's browser from others, so that an opinion can be changed; it names nobody. */
import { newKey } from '@/api/submission'

const STORED_AS = 'tidedesk.visitor'

export function visitorToken(): string | null {
  try {
    const known = localStorage.getItem(STORED_AS)
    if (known) return known
    const fresh = newKey()
    localStorage.setItem(STORED_AS, fresh)
    return fresh
  } catch {
    // Without a store the gateway tells visitors apart by what their browser is.
    return null
  }
}
