/** Urgent notices stand in the reader's way, and ring if the reader wants that. */
import 'element-plus/es/components/notification/style/css'

import { ElNotification } from 'element-plus/es/components/notification/index'
import { onBeforeUnmount, onMounted, ref, watch } from 'vue'

import type { Notice } from '@/api/types'
import { noticeText, noticeTitle, type NoticeWords } from '@/format/notices'
import { ring } from '@/live/ring'
import type { LiveUpdate } from '@/live/source'
import { useLive } from '@/stores/live'
import { useNotices } from '@/stores/notices'

const SOUND = 'tidedesk.notice-sound'

export function useUrgentNotices(words: NoticeWords, open: (notice: Notice) => Promise<void>) {
  const notices = useNotices()
  const isLoud = ref(localStorage.getItem(SOUND) === 'on')
  let forget: (() => void) | undefined

  watch(isLoud, (loud) => {
    localStorage.setItem(SOUND, loud ? 'on' : 'off')
    if (loud) ring()
  })

  async function hear(update: LiveUpdate | null): Promise<void> {
    if (update?.type !== 'notice.raised' || !update.is_urgent) return
    // The update has no words: they are asked for with the reader's rights.
    await notices.refresh().catch(() => {})
    const notice = notices.items.find((one) => one.notice_id === update.notice_id)
    if (!notice || notice.read_at || document.visibilityState !== 'visible') return
    show(notice)
    if (isLoud.value) ring()
  }

  function show(notice: Notice): void {
    const popup = ElNotification({
      title: noticeTitle(notice, words),
      message: noticeText(notice, words),
      type: 'warning',
      position: 'bottom-right',
      duration: 0,
      customClass: 'urgent-notice',
      onClick() {
        popup.close()
        void open(notice)
      },
    })
  }

  onMounted(() => {
    forget = useLive().subscribe({ hear: (update) => void hear(update) })
  })
  onBeforeUnmount(() => forget?.())

  return { isLoud }
}
