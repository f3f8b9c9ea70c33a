/** What the person has been told, and what of it is still unread. */
import { defineStore } from 'pinia'
import { ref } from 'vue'

import { listNotices, readAllNotices, readNotice } from '@/api/directory'
import type { Notice } from '@/api/types'

const SHOWN = 30

export const useNotices = defineStore('notices', () => {
  const items = ref<Notice[]>([])
  const unread = ref(0)

  async function refresh(): Promise<void> {
    const page = await listNotices(SHOWN)
    items.value = page.items
    unread.value = page.unread_count
  }

  async function markRead(notice: Notice): Promise<void> {
    if (notice.read_at) return
    await readNotice(notice.notice_id)
    await refresh()
  }

  async function markAllRead(): Promise<void> {
    await readAllNotices()
    await refresh()
  }

  return { items, unread, refresh, markRead, markAllRead }
})
