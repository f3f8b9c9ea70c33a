/** A text on its way into the reply: asked for anywhere on the ticket's page, taken by its editor. */
import { inject, type InjectionKey, provide, type Ref, shallowRef } from 'vue'

const REPLY_TEXT: InjectionKey<Ref<string | null>> = Symbol('text for the reply')

/** For the ticket's page; null while nothing is under way. */
export function provideReplyText(): Ref<string | null> {
  const text = shallowRef<string | null>(null)
  provide(REPLY_TEXT, text)
  return text
}

export const useReplyText = (): Ref<string | null> => inject(REPLY_TEXT)!

/** `part` at the cursor, a paragraph of its own; tells where the cursor stands behind it. */
export function withText(whole: string, at: number, part: string): { text: string; end: number } {
  const before = whole.slice(0, at).replace(/\s+$/, '')
  const after = whole.slice(at).replace(/^\s+/, '')
  const begun = before ? `${before}\n\n${part}` : part
  return { text: after ? `${begun}\n\n${after}` : begun, end: begun.length }
}
