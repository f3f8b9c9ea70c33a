/** What the reasons are called that customers chose; what they chose only has the key. */
import { defineStore } from 'pinia'
import { ref } from 'vue'

import { listSurveyTags, type SurveyTag } from '@/api/surveys'
import { language } from '@/i18n'

export const useSurveyTags = defineStore('surveyTags', () => {
  const items = ref<SurveyTag[]>([])
  let loading: Promise<void> | null = null

  /** Without an answer the keys are shown; the next timeline asks again. */
  function load(): Promise<void> {
    loading ??= listSurveyTags()
      .then((page) => void (items.value = page.items))
      .catch(() => void (loading = null))
    return loading
  }

  function label(key: string): string {
    const tag = items.value.find((one) => one.key === key)
    if (!tag) return key
    return language.value === 'en' ? tag.en : tag.zh
  }

  /** After the settings were changed. */
  function forget(): void {
    loading = null
  }

  return { items, load, label, forget }
})
