/** Whether the gateway can be reached, judged by the browser and by our own requests. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'

import type { Problem } from '@/api/problem'

export const useConnection = defineStore('connection', () => {
  const isBrowserOnline = ref(navigator.onLine)
  const isGatewayUp = ref(true)
  window.addEventListener('online', () => (isBrowserOnline.value = true))
  window.addEventListener('offline', () => (isBrowserOnline.value = false))

  /** Why the first page could not be shown at all. */
  const startProblem = shallowRef<Problem | null>(null)
  const isUp = computed(() => isBrowserOnline.value && isGatewayUp.value)

  function note(isAnswered: boolean): void {
    isGatewayUp.value = isAnswered
  }

  return { isUp, note, startProblem }
})
