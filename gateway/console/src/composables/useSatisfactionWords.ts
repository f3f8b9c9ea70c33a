/** Scores, reasons and ways of hearing of them in the reader's words. */
import { useI18n } from 'vue-i18n'

import { useSurveyTags } from '@/stores/surveyTags'

export function useSatisfactionWords() {
  const { t, te } = useI18n()
  const tags = useSurveyTags()

  function score(value: number): string {
    return t('satisfaction.scoreWord', { score: value, word: t(`survey.score.${value}`) })
  }

  /** The names are fetched once one is needed. */
  function reason(key: string): string {
    void tags.load()
    return tags.label(key)
  }

  return {
    score,
    reason,
    recommends: (nps: number) => t('satisfaction.recommends', { nps }),
    satisfied: (isSatisfied: boolean) => t(`satisfaction.${isSatisfied ? 'good' : 'bad'}`),
    toldBy: (key: string) => (te(`judge.channels.${key}`) ? t(`judge.channels.${key}`) : key),
  }
}
