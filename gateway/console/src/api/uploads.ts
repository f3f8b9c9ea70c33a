/** Uploads by XMLHttpRequest, because fetch tells nothing about progress. */
import { CLIENT_HEADERS, noteAnswer } from './client'
import { connectionLost, problemFrom } from './problem'
import type { Attachment } from './types'

export interface Upload {
  done: Promise<Attachment>
  cancel(): void
}

export function uploadFile(file: File, onProgress: (percent: number) => void): Upload {
  const request = new XMLHttpRequest()
  const done = new Promise<Attachment>((resolve, reject) => {
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(Math.round((event.loaded / event.total) * 100))
    }
    request.onload = () => {
      noteAnswer(request.status)
      const body = parse(request.responseText)
      if (request.status >= 200 && request.status < 300) resolve(body as Attachment)
      else reject(problemFrom(request.status, body))
    }
    request.onerror = () => reject(connectionLost('upload'))
    request.onabort = () => reject(connectionLost('cancelled'))
  })
  request.open('POST', '/api/v1/uploads')
  for (const [name, value] of Object.entries(CLIENT_HEADERS)) request.setRequestHeader(name, value)
  const form = new FormData()
  form.append('file', file, file.name)
  request.send(form)
  return { done, cancel: () => request.abort() }
}

export function attachmentAddress(attachmentId: string, inline = false): string {
  return `/api/v1/attachments/${encodeURIComponent(attachmentId)}${inline ? '?inline=1' : ''}`
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
