/** Has the server say how a text would read, a little after its writer has paused. */
import { onBeforeUnmount, ref, shallowRef, watch } from 'vue'

import { previewText, type TextPreview, type TextPreviewed } from '@/api/notifications'
import { asProblem, type Problem } from '@/api/problem'

const PAUSE_MS = 400

export function useTextPreview(content: () => TextPreview) {
  const result = shallowRef<TextPreviewed | null>(null)
  const problem = shallowRef<Problem | null>(null)
  const isBusy = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let turn = 0

  async function look(): Promise<void> {
    const mine = ++turn
    isBusy.value = true
    try {
      const found = await previewText(content())
      if (mine !== turn) return
      result.value = found
      problem.value = null
    } catch (error) {
      if (mine === turn) problem.value = asProblem(error)
    } finally {
      if (mine === turn) isBusy.value = false
    }
  }

  watch(
    () => JSON.stringify(content()),
    () => {
      clearTimeout(timer)
      timer = setTimeout(() => void look(), PAUSE_MS)
    },
  )
  onBeforeUnmount(() => clearTimeout(timer))
  void look()

  return { result, problem, isBusy, look }
}
