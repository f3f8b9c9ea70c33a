/** A clock shared by all relative times on the page. */
import { type Ref, ref } from 'vue'

const now = ref(new Date())
setInterval(() => (now.value = new Date()), 20_000)

export function useNow(): Ref<Date> {
  return now
}
