import { describe, expect, test } from 'vitest'

import { safeHtml } from '../src/format/html'

describe("a customer's HTML", () => {
  test('runs nothing', () => {
    const dirty = `<p onclick="x()">好<script>x()</script><svg onload="x()"></svg><a href="javascript:x()">a</a></p>`
    const { html } = safeHtml(dirty)
    expect(html).not.toMatch(/script|onclick|onload|svg/i)
    expect(html).toContain('好')
  })

  test('fetches no remote image, in whatever way it is asked for', () => {
    const dirty = `<img src="https://x.example/p.gif" alt="图"><img srcset="//x.example/p.gif 1x">
      <p style="background:url(https://x.example/p.gif)">a</p><table background="https://x.example/p.gif"><tr><td>b</td></tr></table>
      <picture><source srcset="https://x.example/p.gif"></picture><video poster="https://x.example/p.gif"></video>`
    const { html, blockedImages } = safeHtml(dirty)
    expect(html).not.toContain('x.example')
    expect(html).toContain('图')
    expect(blockedImages).toBe(2)
  })

  test('shows embedded and own images', () => {
    const { html, blockedImages } = safeHtml(
      `<img src="data:image/png;base64,AAAA"><img src="/api/v1/attachments/7?inline=1">`,
    )
    expect(blockedImages).toBe(0)
    expect(html).toContain('data:image/png')
    expect(html).toContain('/api/v1/attachments/7')
  })

  test('shows images that came with the message, by their attachments', () => {
    const id = '0192F0C1-0000-7000-8000-000000000004'
    const { html, blockedImages } = safeHtml(`<p><img src="cid:${id}" alt="照片"></p>`)
    expect(html).toBe(`<p><img src="/api/v1/attachments/${id}?inline=1" alt="照片"></p>`)
    expect(blockedImages).toBe(0)
  })

  test.each(['cid:', 'cid:photo@mail', 'cid:../session', 'cid:https://x.example/p.gif'])(
    'shows no image for %s, which names no attachment',
    (source) => {
      const { html, blockedImages } = safeHtml(`<img src="${source}" alt="图">`)
      expect(html).toBe('图')
      expect(blockedImages).toBe(1)
    },
  )

  test('leads nowhere inside the mail that it came from', () => {
    expect(safeHtml('<a href="cid:part">a</a>').html).not.toContain('cid:')
  })

  test('draws no form and no frame', () => {
    const { html } = safeHtml(
      '<form action="/x"><input name="p"><button>go</button></form><iframe src="/x"></iframe>',
    )
    expect(html).not.toMatch(/form|input|button|iframe/)
  })

  test('opens links elsewhere, without telling from where', () => {
    const { html } = safeHtml('<a href="https://shop.example/1" target="_top">a</a>')
    expect(html).toContain('target="_blank"')
    expect(html).toContain('noreferrer')
  })

  test('leaves tables and quotes readable', () => {
    const table = '<table><tbody><tr><td>1</td></tr></tbody></table><blockquote>前文</blockquote>'
    expect(safeHtml(table).html).toBe(table)
  })
})
