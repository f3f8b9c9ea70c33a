/** Languages of the console; a catalogue is fetched when its language is first chosen. */
import { computed } from 'vue'
import { createI18n } from 'vue-i18n'

export const LANGUAGES = { 'zh-CN': '中文', en: 'English' } as const
export type Language = keyof typeof LANGUAGES

const STORED_AS = 'tidedesk.language'
const catalogues = {
  'zh-CN': () => import('./locales/zh-CN'),
  en: () => import('./locales/en'),
}
const elements = {
  'zh-CN': () => import('element-plus/es/locale/lang/zh-cn'),
  en: () => import('element-plus/es/locale/lang/en'),
}

export const i18n = createI18n({
  legacy: false,
  locale: 'zh-CN' as Language,
  messages: {} as Record<Language, Record<string, never>>,
})

/** Element Plus has words of its own: calendars, "no data" and the like. */
export const elementWords: Partial<
  Record<Language, Awaited<ReturnType<(typeof elements)['en']>>['default']>
> = {}

export const language = computed(() => i18n.global.locale.value as Language)

/** Our language for a tag such as `zh`, `zh-Hans` or `en-GB`. */
export function languageOf(tag: string): Language | null {
  if (tag.startsWith('zh')) return 'zh-CN'
  return tag.startsWith('en') ? 'en' : null
}

export function storedLanguage(): Language | null {
  return languageOf(localStorage.getItem(STORED_AS) ?? '')
}

/** Makes a catalogue known, for words that stand in another language than the page's. */
export async function loadCatalogue(wanted: Language): Promise<void> {
  i18n.global.setLocaleMessage(wanted, (await catalogues[wanted]()).default as never)
}

/** `remember` is for a choice made by hand, which then beats the account's language. */
export async function useLanguage(chosen: Language, remember = false): Promise<void> {
  const [words] = await Promise.all([elements[chosen](), loadCatalogue(chosen)])
  elementWords[chosen] = words.default
  i18n.global.locale.value = chosen
  document.documentElement.lang = chosen
  if (remember) localStorage.setItem(STORED_AS, chosen)
}
