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
