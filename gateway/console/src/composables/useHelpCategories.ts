/** Categories in which everybody finds something, asked for once a visit. */
import { shallowRef } from 'vue'

import { type HelpCategory, listHelpCategories } from '@/api/helpCentre'

const categories = shallowRef<HelpCategory[]>([])
let asked: Promise<void> | undefined

export function useHelpCategories() {
  // Whoever cannot have them still searches; the next page asks again.
  asked ??= listHelpCategories().then(
    ({ items }) => void (categories.value = items),
    () => (asked = undefined),
  )
  return categories
}
