/** The time to the second, which runs only while something on the page counts by it. */
import { onBeforeUnmount, onMounted, type Ref, ref } from 'vue'

const now = ref(new Date())
let readers = 0
let timer: ReturnType<typeof setInterval> | undefined

export function useSeconds(): Ref<Date> {
  onMounted(() => {
    now.value = new Date()
    if (readers++ === 0) timer = setInterval(() => (now.value = new Date()), 1000)
  })
  onBeforeUnmount(() => {
    if (--readers === 0) clearInterval(timer)
  })
  return now
}
