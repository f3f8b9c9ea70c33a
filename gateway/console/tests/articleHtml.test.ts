import { describe, expect, test } from 'vitest'

import { withText } from '../src/composables/useReplyText'
import { articleHtml, markedHtml } from '../src/format/articleHtml'
import { categoryPath, categoryTree, categoryWithBelow } from '../src/format/categories'

describe('an article', () => {
  test('runs nothing', () => {
    const html = articleHtml(
      '<p onclick="x()">a<script>x()</script></p><a href="javascript:x()">b</a>',
    )
    expect(html).not.toMatch(/script|onclick/)
  })

  test('opens its links elsewhere', () => {
    expect(articleHtml('<a href="https://example.com">a</a>')).toContain('target="_blank"')
  })

  test('shows pictures of our own, and leads to those of others', () => {
    const html = articleHtml(
      '<img src="/api/v1/attachments/1" alt="a"><img src="https://example.com/b.png" alt="b">',
    )
    expect(html).toContain('<img src="/api/v1/attachments/1"')
    expect(html).toContain('href="https://example.com/b.png"')
    expect(html.match(/<img/g)).toHaveLength(1)
  })
})

test('of what was found nothing but marks is shown', () => {
  const found = '<mark class="x">退款</mark><b>a</b>&lt;i&gt;'
  expect(markedHtml(found)).toBe('<mark>退款</mark>a&lt;i&gt;')
})

describe('categories', () => {
  const names = { name_zh: '', name_en: '' }
  const places = [
    { category_id: 'a', parent_id: null, ...names },
    { category_id: 'b', parent_id: 'a', ...names },
    { category_id: 'c', parent_id: 'b', ...names },
  ]

  test('are a tree', () => {
    expect(categoryTree(places)[0]!.children[0]!.children[0]!.category_id).toBe('c')
  })

  test('are named from the top', () => {
    expect(categoryPath(places, 'c').map((one) => one.category_id)).toEqual(['a', 'b', 'c'])
  })

  test('do not lie below themselves', () => {
    expect([...categoryWithBelow(places, 'b')]).toEqual(['b', 'c'])
  })
})

describe('an answer put into a reply', () => {
  test('is a paragraph of its own at the cursor', () => {
    expect(withText('您好\n祝好', 2, '答案')).toEqual({ text: '您好\n\n答案\n\n祝好', end: 6 })
  })

  test('stands alone where nothing is written', () => {
    expect(withText('', 0, '答案')).toEqual({ text: '答案', end: 2 })
  })
})
