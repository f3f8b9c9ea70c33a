/** A searched list of what people keep, read page by page. */
import { onBeforeUnmount, ref, watch } from 'vue'
import { useI18n } from 'vue-i18n'

import type { Visibility } from '@/api/macros'

import { pagedList } from './pagedList'
import { useProblems } from './useProblems'
import { useRowCommands } from './useRowCommands'

const SEARCH_PAUSE_MS = 300

export interface KeptQuery {
  q?: string
  visibility?: Visibility
  cursor?: string
}

export function useKeptList<T>(
  request: (query: KeptQuery) => Promise<{ items: T[]; next_cursor: string | null }>,
) {
  const { t } = useI18n()
  const { tellSuccess } = useProblems()
  const words = ref('')
  const visibility = ref<Visibility | ''>('')
  const list = pagedList<T>((cursor) =>
    request({
      ...(words.value.trim() ? { q: words.value.trim() } : {}),
      ...(visibility.value ? { visibility: visibility.value } : {}),
      ...(cursor ? { cursor } : {}),
    }),
  )
  const { busy, run } = useRowCommands(list.load)
  /** Null while nothing is edited. */
  const edited = ref<{ kept: T | null } | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined

  watch(words, () => {
    clearTimeout(timer)
    timer = setTimeout(() => void list.restart(), SEARCH_PAUSE_MS)
  })
  watch(visibility, () => void list.restart())
  onBeforeUnmount(() => clearTimeout(timer))
  void list.load()

  async function saved(): Promise<void> {
    edited.value = null
    tellSuccess(t('settings.saved'))
    await list.load()
  }

  return { ...list, words, visibility, busy, run, edited, saved }
}
