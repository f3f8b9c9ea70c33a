/** What everybody may read. Whether a colleague is signed in here as well is of no interest. */
import { portalApi, take } from './client'
import type { components, paths } from './schema'

type Schemas = components['schemas']

export type HelpArticle = Schemas['HelpArticle']
export type HelpRow = Schemas['HelpRow']
export type HelpCategory = Schemas['HelpCategory']
export type HelpQuery = NonNullable<paths['/api/v1/help/articles']['get']['parameters']['query']>

export const listHelp = (query: HelpQuery) =>
  take(portalApi.GET('/api/v1/help/articles', { params: { query } }))

/** By its id, or by the short name that its writers gave it. */
export const getHelp = (name: string): Promise<HelpArticle> =>
  take(portalApi.GET('/api/v1/help/articles/{name}', { params: { path: { name } } }))

export const listHelpCategories = () => take(portalApi.GET('/api/v1/help/categories'))

export const judgeHelp = (
  key: string,
  article_id: string,
  is_helpful: boolean,
  visitor: string | null,
) =>
  take(
    portalApi.POST('/api/v1/help/articles/{article_id}/judgement', {
      params: { path: { article_id }, header: { 'Idempotency-Key': key } },
      body: { is_helpful, visitor },
    }),
  )
