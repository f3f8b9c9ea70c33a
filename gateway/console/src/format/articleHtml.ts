/** Texts of articles and marks of a search, gone over once more before they are shown. */
import DOMPurify from 'dompurify'

const TAGS = [
  'p br hr h2 h3 h4 strong em b i u s code pre blockquote ul ol li a img figure figcaption',
  'table caption thead tbody tr th td',
]
const ATTRIBUTES = 'href title src alt width height colspan rowspan scope start'
/** Pictures of strangers would tell them who reads what; the page's policy shows none. */
const OWN_PICTURE = /^\/api\/v1\//

export function articleHtml(dirty: string): string {
  const body = DOMPurify.sanitize(dirty, {
    ALLOWED_TAGS: TAGS.join(' ').split(' '),
    ALLOWED_ATTR: ATTRIBUTES.split(' '),
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    ALLOWED_URI_REGEXP: /^(https?:|mailto:|tel:|\/api\/v1\/)/i,
    RETURN_DOM: true,
  }) as HTMLElement
  for (const picture of body.querySelectorAll('img')) linkStrange(picture)
  for (const link of body.querySelectorAll('a[href]')) {
    link.setAttribute('target', '_blank')
    link.setAttribute('rel', 'noopener noreferrer nofollow')
  }
  for (const table of body.querySelectorAll('table')) makeScrollable(table)
  return body.innerHTML
}

/** Only words and `<mark>`. */
export function markedHtml(dirty: string): string {
  return DOMPurify.sanitize(dirty, { ALLOWED_TAGS: ['mark'], ALLOWED_ATTR: [] })
}

function linkStrange(picture: HTMLImageElement): void {
  const source = picture.getAttribute('src') ?? ''
  if (OWN_PICTURE.test(source)) return
  const link = document.createElement('a')
  link.textContent = picture.getAttribute('alt') || source
  if (source) link.setAttribute('href', source)
  picture.replaceWith(link)
}

/** A wide table is moved by itself; the page around it stays. */
function makeScrollable(table: HTMLTableElement): void {
  const frame = document.createElement('div')
  frame.className = 'article-table'
  frame.setAttribute('tabindex', '0')
  table.replaceWith(frame)
  frame.append(table)
}
