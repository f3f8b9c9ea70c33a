/** Words of the page for customers: the page's language, or the one that a preview is in. */
import { inject, type InjectionKey, provide, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'

import type { Language } from '@/i18n'

const SPOKEN: InjectionKey<Ref<Language>> = Symbol('language of the survey')

/** For what stands inside; the language's catalogue must have been loaded. */
export function provideSurveyLanguage(language: Ref<Language>): void {
  provide(SPOKEN, language)
}

export function useSurveyWords() {
  const { t } = useI18n()
  const spoken = inject(SPOKEN, null)

  return (key: string, values: Record<string, string | number> = {}): string =>
    spoken ? t(key, values, { locale: spoken.value }) : t(key, values)
}
