/** Whether the window is as narrow as a phone's. */
import { type Ref, ref } from 'vue'

const media = window.matchMedia('(max-width: 767.98px)')
const isPhone = ref(media.matches)
media.addEventListener('change', (event) => (isPhone.value = event.matches))

export function usePhone(): Readonly<Ref<boolean>> {
  return isPhone
}
