/**
 * Urgent notices stand in the reader's way, and ring if the reader wants that: those that come
 * while the page is open, however it hears of them.
 */
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
  /** Null until the first look: what was there before is for the bell. */
  let known: Set<string> | null = null
  let forget: (() => void) | undefined

  watch(isLoud, (loud) => {
    localStorage.setItem(SOUND, loud ? 'on' : 'off')
    if (loud) ring()
  })

  function hear(update: LiveUpdate | null): void {
    if (update?.type !== 'notice.raised' || !update.is_urgent) return
    // The update has no words: they are asked for with the reader's rights, sooner than others.
    if (document.visibilityState === 'visible') void notices.refresh().catch(() => {})
  }

  watch(
    () => notices.items,
    (items) => {
      const fresh = known && items.filter((one) => isInTheWay(one) && !known?.has(one.notice_id))
      known = new Set([...(known ?? []), ...items.map((one) => one.notice_id)])
      fresh?.forEach(show)
      if (fresh?.length && isLoud.value) ring()
    },
  )

  const isInTheWay = (notice: Notice) => notice.is_urgent && !notice.read_at

  function show(notice: Notice): void {
    const popup = ElNotification({
      title: noticeTitle(notice, words),
      message: noticeText(notice, words),
      type: 'warning',
      // On the right are the buttons of forms, and of the page.
      position: 'bottom-left',
      duration: 0,
      customClass: 'urgent-notice',
      onClick() {
        popup.close()
        void open(notice)
      },
    })
  }

  onMounted(() => {
    forget = useLive().subscribe({ hear })
  })
  onBeforeUnmount(() => forget?.())

  return { isLoud }
}
