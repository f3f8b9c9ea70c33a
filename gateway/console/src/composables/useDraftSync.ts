/** A draft that follows its writer: kept at the gateway as well, and taken from there. */
import { onBeforeUnmount, onMounted, watch } from 'vue'
import { useI18n } from 'vue-i18n'

import { getDraft, saveDraft } from '@/api/together'

import type { Draft } from './useDraft'
import { useProblems } from './useProblems'

const PAUSE_MS = 1_500

/** What stands here already is newer than what is elsewhere: only an empty editor is filled. */
export function useDraftSync(draft: Draft, number: string, kind: 'reply' | 'note') {
  const { t } = useI18n()
  const { tellSuccess } = useProblems()
  let timer: ReturnType<typeof setTimeout> | undefined
  let sent = ''

  const content = () => JSON.stringify([draft.text, draft.mentions])

  onMounted(async () => {
    sent = content()
    const begun = sent
    try {
      const found = await getDraft(number, kind)
      if (draft.text.trim() || content() !== begun || !found.text.trim()) return
      draft.text = found.text
      if (kind === 'note') draft.mentions = found.mentions
      sent = content()
      tellSuccess(t('draftSync.taken'))
    } catch {
      // The one in this browser does.
    }
  })

  watch(content, () => {
    clearTimeout(timer)
    timer = setTimeout(save, PAUSE_MS)
  })
  onBeforeUnmount(() => {
    clearTimeout(timer)
    void save()
  })

  async function save(): Promise<void> {
    const now = content()
    if (now === sent) return
    sent = now
    try {
      await saveDraft(number, kind, { text: draft.text, mentions: draft.mentions })
    } catch {
      // Kept in this browser; with the next letter it is tried again.
      sent = ''
    }
  }

  return {
    /** It was sent, and the gateway has forgotten it with that. */
    sent(): void {
      clearTimeout(timer)
      sent = content()
    },
  }
}
