/** Keys that do something by themselves: whoever shows what they act on says so while it is shown.

A key means nothing while somebody writes, while a dialog is open, or together with Ctrl, Alt or ⌘.
Two keys one after the other are written `g m`. Single keys can be switched off (WCAG 2.1.4). */
import { onActivated, onBeforeUnmount, onDeactivated, onMounted, ref, shallowReactive } from 'vue'

export interface Shortcut {
  keys: string
  /** A key of the catalogue: what it does. */
  label: string
  run: () => void
  /** Whether it can be done now. */
  when?: () => boolean
}

export interface ShortcutGroup {
  /** A key of the catalogue: where these hold. */
  title: string
  shortcuts: Shortcut[]
}

const STORED_AS = 'tidedesk.shortcuts'
const SECOND_KEY_MS = 1_200
const WRITTEN_IN =
  'input:not([type="checkbox"], [type="radio"]), textarea, select, [role="menu"], [role="listbox"]'

const groups = shallowReactive<ShortcutGroup[]>([])
export const shownGroups: readonly ShortcutGroup[] = groups
export const areOn = ref(localStorage.getItem(STORED_AS) !== 'off')

export function switchShortcuts(on: boolean): void {
  areOn.value = on
  if (on) localStorage.removeItem(STORED_AS)
  else localStorage.setItem(STORED_AS, 'off')
}

/** In force while the component is on the screen. */
export function useShortcuts(title: string, shortcuts: Shortcut[]): void {
  const group = { title, shortcuts }
  const leave = () => {
    const at = groups.indexOf(group)
    if (at >= 0) groups.splice(at, 1)
  }
  const enter = () => {
    if (!groups.includes(group)) groups.push(group)
  }
  onMounted(enter)
  onActivated(enter)
  onDeactivated(leave)
  onBeforeUnmount(leave)
}

let first = ''
let timer: ReturnType<typeof setTimeout> | undefined

/** Finds what the key means and does it; of several that know it, what was shown last. */
export function press(event: KeyboardEvent): void {
  if (!areOn.value || event.ctrlKey || event.metaKey || event.altKey || isWriting(event)) return
  const keys = first ? `${first} ${event.key}` : event.key
  forget()
  const known = groups
    .flatMap((group) => group.shortcuts)
    .filter((shortcut) => shortcut.when?.() !== false)
  const found = known.findLast((shortcut) => shortcut.keys === keys)
  if (found) {
    event.preventDefault()
    found.run()
  } else if (known.some((shortcut) => shortcut.keys.startsWith(`${keys} `))) {
    first = keys
    timer = setTimeout(forget, SECOND_KEY_MS)
  }
}

function forget(): void {
  clearTimeout(timer)
  first = ''
}

function isWriting(event: KeyboardEvent): boolean {
  if (event.isComposing || event.defaultPrevented) return true
  const target = event.target instanceof HTMLElement ? event.target : null
  if (target?.isContentEditable || target?.closest(WRITTEN_IN)) return true
  // Return on a link or a button does what that says.
  if (event.key === 'Enter' && target?.closest('a, button, input')) return true
  return hasDialog()
}

/** Whatever lies over the page has keys of its own. */
export function hasDialog(): boolean {
  return [...document.querySelectorAll<HTMLElement>('.el-overlay')].some(
    (one) => one.style.display !== 'none',
  )
}
