// @vitest-environment jsdom
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { createApp, defineComponent, h } from 'vue'

import { press, type Shortcut, switchShortcuts, useShortcuts } from '../src/keyboard'

function shown(shortcuts: Shortcut[]): () => void {
  const app = createApp(
    defineComponent({
      setup() {
        useShortcuts('keys.list', shortcuts)
        return () => h('div')
      },
    }),
  )
  app.mount(document.createElement('div'))
  return () => app.unmount()
}

function key(name: string, target: Element = document.body, more: KeyboardEventInit = {}): void {
  const event = new KeyboardEvent('keydown', {
    key: name,
    bubbles: true,
    cancelable: true,
    ...more,
  })
  target.addEventListener('keydown', (heard) => press(heard as KeyboardEvent), { once: true })
  target.dispatchEvent(event)
}

describe('single keys', () => {
  const run = vi.fn()

  beforeEach(() => {
    run.mockClear()
    switchShortcuts(true)
    document.body.innerHTML = '<input id="text"><input id="box" type="checkbox"><a id="link"></a>'
  })

  test('act while whoever knows them is shown', () => {
    const leave = shown([{ keys: 'r', label: 'x', run }])
    key('r')
    expect(run).toHaveBeenCalledOnce()
    leave()
    key('r')
    expect(run).toHaveBeenCalledOnce()
  })

  test('mean nothing while somebody writes, composes, or holds Ctrl', () => {
    const leave = shown([{ keys: 'r', label: 'x', run }])
    key('r', document.querySelector('#text')!)
    key('r', document.body, { ctrlKey: true })
    key('r', document.body, { metaKey: true })
    key('r', document.body, { isComposing: true })
    expect(run).not.toHaveBeenCalled()
    key('r', document.querySelector('#box')!)
    expect(run).toHaveBeenCalledOnce()
    leave()
  })

  test('mean nothing behind a dialog, and there is a switch for them', () => {
    const leave = shown([{ keys: 'r', label: 'x', run }])
    document.body.insertAdjacentHTML('beforeend', '<div class="el-overlay"></div>')
    key('r')
    document.querySelector<HTMLElement>('.el-overlay')!.style.display = 'none'
    switchShortcuts(false)
    key('r')
    expect(run).not.toHaveBeenCalled()
    switchShortcuts(true)
    key('r')
    expect(run).toHaveBeenCalledOnce()
    leave()
  })

  test('Return on a link follows the link', () => {
    const leave = shown([{ keys: 'Enter', label: 'x', run }])
    key('Enter', document.querySelector('#link')!)
    expect(run).not.toHaveBeenCalled()
    key('Enter')
    expect(run).toHaveBeenCalledOnce()
    leave()
  })

  test('two keys make one, and a wrong second one makes none', () => {
    const leave = shown([
      { keys: 'g m', label: 'x', run },
      { keys: 'm', label: 'y', when: () => false, run },
    ])
    key('m')
    key('g')
    key('q')
    key('m')
    expect(run).not.toHaveBeenCalled()
    key('g')
    key('m')
    expect(run).toHaveBeenCalledOnce()
    leave()
  })
})
