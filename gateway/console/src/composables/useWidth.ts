/** How much room the window has; the same widths as in the style sheets. */
import { type Ref, ref } from 'vue'

function watched(query: string): Readonly<Ref<boolean>> {
  const media = window.matchMedia(query)
  const matches = ref(media.matches)
  media.addEventListener('change', (event) => (matches.value = event.matches))
  return matches
}

const isPhone = watched('(max-width: 767.98px)')
const isNarrow = watched('(max-width: 1023.98px)')

/** As narrow as a phone: cards instead of tables, one thing at a time. */
export const usePhone = () => isPhone

/** Too narrow for the menu beside the page. */
export const useNarrow = () => isNarrow
