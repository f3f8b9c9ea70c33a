/** A customer's HTML, made harmless: no scripts, no styles, nothing fetched from elsewhere. */
import DOMPurify from 'dompurify'

import { attachmentAddress } from '@/api/uploads'

export interface SafeHtml {
  html: string
  blockedImages: number
}

/** What only makes sense inside the mail that it came from. */
const NOWHERE = /^cid:/i
const EMBEDDED_IMAGE = /^data:image\/(png|jpe?g|gif|webp);/i
const OWN_IMAGE = /^cid:([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/i
const ALLOWED_TAGS = [
  'a abbr b blockquote br code dd del div dl dt em h1 h2 h3 h4 h5 h6 hr i img ins li ol p',
  'pre q s small span strong sub sup table tbody td tfoot th thead tr u ul',
]
const ALLOWED_ATTR = 'alt colspan dir href rowspan src title'

export function safeHtml(dirty: string): SafeHtml {
  const body = DOMPurify.sanitize(dirty, {
    ALLOWED_TAGS: ALLOWED_TAGS.join(' ').split(' '),
    ALLOWED_ATTR: ALLOWED_ATTR.split(' '),
    ALLOW_DATA_ATTR: false,
    ALLOWED_URI_REGEXP: /^(https?:|mailto:|tel:|cid:|data:image\/|\/api\/v1\/attachments\/)/i,
    RETURN_DOM: true,
  }) as HTMLElement
  showOwnImages(body)
  const blockedImages = blockImages(body)
  for (const link of body.querySelectorAll('a[href]')) {
    if (NOWHERE.test(link.getAttribute('href')!)) link.removeAttribute('href')
    link.setAttribute('target', '_blank')
    link.setAttribute('rel', 'noopener noreferrer nofollow')
  }
  return { html: body.innerHTML, blockedImages }
}

/** `cid:` with the id of an attachment is how images arrive that came with the message. */
function showOwnImages(body: HTMLElement): void {
  for (const image of body.querySelectorAll('img[src]')) {
    const attachmentId = OWN_IMAGE.exec(image.getAttribute('src')!)?.[1]
    if (attachmentId) image.setAttribute('src', attachmentAddress(attachmentId, true))
  }
}

/** A remote image tells its sender that and where the message was read. */
function blockImages(body: HTMLElement): number {
  let blocked = 0
  for (const image of body.querySelectorAll('img')) {
    const source = image.getAttribute('src') ?? ''
    if (source.startsWith(attachmentAddress('')) || EMBEDDED_IMAGE.test(source)) continue
    blocked += 1
    image.replaceWith(image.getAttribute('alt') ?? '')
  }
  return blocked
}
