/** Files on their way to the gateway, and those that have arrived. */
import { computed, type InjectionKey, reactive } from 'vue'

import { asProblem, type Problem } from '@/api/problem'
import type { Attachment } from '@/api/types'
import { type SendFile, type Upload, uploadFile } from '@/api/uploads'

export interface UploadItem {
  id: number
  name: string
  size: number
  percent: number
  problem: Problem | null
  attachment: Attachment | null
}

/** How the files of a form are sent, where colleagues' own way is not it. */
export const SEND_FILE: InjectionKey<SendFile> = Symbol('send-file')

export function useUploads(arrived: Attachment[] = [], sendFile: SendFile = uploadFile) {
  const items = reactive<UploadItem[]>([])
  const running = new Map<number, Upload>()
  let lastId = 0

  function entry(name: string, size: number, attachment: Attachment | null): UploadItem {
    lastId += 1
    items.push({ id: lastId, name, size, percent: attachment ? 100 : 0, problem: null, attachment })
    return items.at(-1)!
  }

  arrived.forEach((attachment) => entry(attachment.name, attachment.size, attachment))

  async function add(files: Iterable<File>): Promise<void> {
    await Promise.all(Array.from(files, addOne))
  }

  async function addOne(file: File): Promise<void> {
    const item = entry(file.name, file.size, null)
    const upload = sendFile(file, (percent) => (item.percent = percent))
    running.set(item.id, upload)
    try {
      item.attachment = await upload.done
      item.percent = 100
    } catch (error) {
      item.problem = asProblem(error)
    } finally {
      running.delete(item.id)
    }
  }

  function remove(item: UploadItem): void {
    running.get(item.id)?.cancel()
    const index = items.indexOf(item)
    if (index >= 0) items.splice(index, 1)
  }

  function clear(): void {
    items.splice(0)
  }

  const attachments = computed(() =>
    items.flatMap((item) => (item.attachment ? [item.attachment] : [])),
  )
  const isBusy = computed(() => items.some((item) => !item.attachment && !item.problem))

  return { items, attachments, isBusy, add, remove, clear }
}

export type Uploads = ReturnType<typeof useUploads>
