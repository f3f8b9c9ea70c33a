/** What customers say of solutions: the page behind a link, what was answered, and the settings. */
import { api, portalApi, take } from './client'
import type { components, paths } from './schema'

type Schemas = components['schemas']

export type SurveyPage = Schemas['SurveyPage']
export type SurveyAnswer = Schemas['SurveyAnswer']
export type SurveyTagChoice = Schemas['SurveyTagChoice']
export type Survey = Schemas['Survey']
export type SurveySettings = Schemas['SurveySettings']
export type SurveySettingsChanges = Schemas['SurveySettingsChanges']
export type SurveyTag = Schemas['SurveyTag']
export type SurveyQuery = NonNullable<paths['/api/v1/surveys']['get']['parameters']['query']>
export type SurveyLanguage = SurveyPage['language']

export const SURVEY_LANGUAGES = ['zh', 'en'] as const
export const TAG_USES = ['low', 'high', 'all'] as const
export const SCORES = [1, 2, 3, 4, 5] as const
export const BEST_NPS = 10
export const COMMENT_LIMIT = 2000
export const TAGS_LIMIT = 10

/** What a link leads to; without a language in the customer's own. */
export const openSurvey = (token: string, language?: SurveyLanguage): Promise<SurveyPage> =>
  take(
    portalApi.GET('/api/v1/surveys/{token}', { params: { path: { token }, query: { language } } }),
  )

export const answerSurvey = (key: string, token: string, body: SurveyAnswer): Promise<SurveyPage> =>
  take(
    portalApi.POST('/api/v1/surveys/{token}/answer', {
      params: { path: { token }, header: { 'Idempotency-Key': key } },
      body,
    }),
  )

export const listSurveys = (query: SurveyQuery) =>
  take(api.GET('/api/v1/surveys', { params: { query } }))

/** What the reasons are called that timelines and answers name by their keys. */
export const listSurveyTags = () => take(api.GET('/api/v1/survey-tags'))

export const getSurveySettings = (): Promise<SurveySettings> =>
  take(api.GET('/api/v1/survey-settings'))

export const changeSurveySettings = (
  key: string,
  version: number,
  body: SurveySettingsChanges,
): Promise<SurveySettings> =>
  take(
    api.PATCH('/api/v1/survey-settings', {
      params: { header: { 'Idempotency-Key': key, 'If-Match': `"${version}"` } },
      body,
    }),
  )
