/** Uploads by XMLHttpRequest, because fetch tells nothing about progress. */
import { CLIENT_HEADERS, noteAnswer, PORTAL_HEADERS } from './client'
import { connectionLost, problemFrom } from './problem'
import type { Attachment } from './types'

export interface Upload {
  done: Promise<Attachment>
  cancel(): void
}

export type SendFile = (file: File, onProgress: (percent: number) => void) => Upload

/** A colleague's file, for tickets. */
export const uploadFile: SendFile = sendTo('/api/v1/uploads', CLIENT_HEADERS, noteAnswer)

/** A requester's file; what a customer's session answers says nothing about a colleague's. */
export const uploadRequestFile = (isPortal: boolean): SendFile =>
  sendTo(
    '/api/v1/requests/uploads',
    isPortal ? PORTAL_HEADERS : CLIENT_HEADERS,
    isPortal ? () => {} : noteAnswer,
  )

export function sendTo(
  address: string,
  headers: Record<string, string>,
  note: (status: number) => void,
): SendFile {
  return (file, onProgress) => send(address, headers, note, file, onProgress)
}

function send(
  address: string,
  headers: Record<string, string>,
  note: (status: number) => void,
  file: File,
  onProgress: (percent: number) => void,
): Upload {
  const request = new XMLHttpRequest()
  const done = new Promise<Attachment>((resolve, reject) => {
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(Math.round((event.loaded / event.total) * 100))
    }
    request.onload = () => {
      note(request.status)
      const body = parse(request.responseText)
      if (request.status >= 200 && request.status < 300) resolve(body as Attachment)
      else reject(problemFrom(request.status, body))
    }
    request.onerror = () => reject(connectionLost('upload'))
    request.onabort = () => reject(connectionLost('cancelled'))
  })
  request.open('POST', address)
  for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
  const form = new FormData()
  form.append('file', file, file.name)
  request.send(form)
  return { done, cancel: () => request.abort() }
}

export function attachmentAddress(attachmentId: string, inline = false): string {
  return `/api/v1/attachments/${encodeURIComponent(attachmentId)}${inline ? '?inline=1' : ''}`
}

export function thumbnailAddress(attachmentId: string): string {
  return `/api/v1/attachments/${encodeURIComponent(attachmentId)}/thumbnail`
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
