/** Articles, their versions and reviews, categories, settings and figures. */
import { api, take } from './client'
import type { components, paths } from './schema'

type Schemas = components['schemas']

export type Article = Schemas['Article']
export type ArticleRow = Schemas['ArticleRow']
export type ArticleVersion = Schemas['ArticleVersion']
/** What an author writes. */
export type ArticleWords = Required<Omit<Schemas['ArticleChanges'], 'videos'>> & {
  videos: Schemas['VideoView'][]
}
export type VersionRow = Schemas['VersionRow']
export type VersionPage = Schemas['VersionPage']
export type Review = Schemas['ReviewView']
export type ArticleDiff = Schemas['ArticleDiff']
export type FieldDiff = Schemas['FieldDiff']
export type ArticleChanges = Schemas['ArticleChanges']
export type Category = Schemas['ArticleCategory']
export type KnowledgeSettings = Schemas['KnowledgeSettings']
export type KnowledgeFigures = Schemas['KnowledgeFigures']
export type Suggestion = Schemas['Suggestion']
export type UsedSuggestion = Schemas['UsedSuggestion']
export type ArticleQuery = NonNullable<paths['/api/v1/articles']['get']['parameters']['query']>

export const KINDS = ['faq', 'solution', 'document', 'training'] as const
export const ARTICLE_LANGUAGES = ['zh', 'en'] as const
export const AUDIENCES = ['staff', 'public'] as const
export const STATES = ['published', 'draft', 'review', 'expired', 'archived'] as const

/** What names an article, and which state of it was read. */
type Known = Pick<Article, 'article_id' | 'version'>

const withKey = (key: string) => ({ 'Idempotency-Key': key })
const edit = (key: string, version: number) => ({ ...withKey(key), 'If-Match': `"${version}"` })
const step = (key: string, { article_id, version }: Known) => ({
  path: { article_id },
  header: edit(key, version),
})

export const listArticles = (query: ArticleQuery) =>
  take(api.GET('/api/v1/articles', { params: { query } }))

/** `counts`: it is read, not worked on. */
export const getArticle = (article_id: string, counts: boolean): Promise<Article> =>
  take(
    api.GET('/api/v1/articles/{article_id}', {
      params: { path: { article_id }, query: { counts } },
    }),
  )

export const createArticle = (key: string, body: Schemas['NewArticle']): Promise<Article> =>
  take(api.POST('/api/v1/articles', { params: { header: withKey(key) }, body }))

export const editArticle = (key: string, article: Known, body: ArticleChanges): Promise<Article> =>
  take(api.PATCH('/api/v1/articles/{article_id}', { params: step(key, article), body }))

export const discardDraft = (key: string, article: Known) =>
  take(api.DELETE('/api/v1/articles/{article_id}/draft', { params: step(key, article) }))

export const submitArticle = (
  key: string,
  article: Known,
  comment: string | null,
): Promise<Article> =>
  take(
    api.POST('/api/v1/articles/{article_id}/submit', {
      params: step(key, article),
      body: { comment },
    }),
  )

export const approveArticle = (
  key: string,
  article: Known,
  comment: string | null,
): Promise<Article> =>
  take(
    api.POST('/api/v1/articles/{article_id}/approve', {
      params: step(key, article),
      body: { comment },
    }),
  )

export const declineArticle = (key: string, article: Known, comment: string): Promise<Article> =>
  take(
    api.POST('/api/v1/articles/{article_id}/decline', {
      params: step(key, article),
      body: { comment },
    }),
  )

export const withdrawArticle = (key: string, article: Known): Promise<Article> =>
  take(api.POST('/api/v1/articles/{article_id}/withdraw', { params: step(key, article) }))

export const archiveArticle = (key: string, article: Known): Promise<Article> =>
  take(api.POST('/api/v1/articles/{article_id}/archive', { params: step(key, article) }))

export const restoreVersion = (key: string, article: Known, number: number): Promise<Article> =>
  take(
    api.POST('/api/v1/articles/{article_id}/restore', {
      params: step(key, article),
      body: { number },
    }),
  )

export const judgeArticle = (key: string, article_id: string, is_helpful: boolean) =>
  take(
    api.POST('/api/v1/articles/{article_id}/judgement', {
      params: { path: { article_id }, header: withKey(key) },
      body: { is_helpful },
    }),
  )

export const listVersions = (article_id: string): Promise<VersionPage> =>
  take(api.GET('/api/v1/articles/{article_id}/versions', { params: { path: { article_id } } }))

export const getVersion = (article_id: string, version_number: number): Promise<ArticleVersion> =>
  take(
    api.GET('/api/v1/articles/{article_id}/versions/{version_number}', {
      params: { path: { article_id, version_number } },
    }),
  )

export const compareVersions = (
  article_id: string,
  from: number,
  to: number,
): Promise<ArticleDiff> =>
  take(
    api.GET('/api/v1/articles/{article_id}/diff', {
      params: { path: { article_id }, query: { from, to } },
    }),
  )

export const listTags = () => take(api.GET('/api/v1/article-tags'))

export const listCategories = () => take(api.GET('/api/v1/article-categories'))

export const createCategory = (
  key: string,
  body: Schemas['NewArticleCategory'],
): Promise<Category> =>
  take(api.POST('/api/v1/article-categories', { params: { header: withKey(key) }, body }))

export const editCategory = (
  key: string,
  { category_id, version }: Category,
  body: Schemas['ArticleCategoryChanges'],
): Promise<Category> =>
  take(
    api.PATCH('/api/v1/article-categories/{category_id}', {
      params: { path: { category_id }, header: edit(key, version) },
      body,
    }),
  )

export const removeCategory = (key: string, { category_id, version }: Category) =>
  take(
    api.DELETE('/api/v1/article-categories/{category_id}', {
      params: { path: { category_id }, header: edit(key, version) },
    }),
  )

export const orderCategories = (key: string, parent_id: string | null, category_ids: string[]) =>
  take(
    api.PUT('/api/v1/article-categories/order', {
      params: { header: withKey(key) },
      body: { parent_id, category_ids },
    }),
  )

export const getKnowledgeSettings = (): Promise<KnowledgeSettings> =>
  take(api.GET('/api/v1/knowledge-settings'))

export const editKnowledgeSettings = (
  key: string,
  version: number,
  body: Schemas['KnowledgeSettingsChanges'],
): Promise<KnowledgeSettings> =>
  take(api.PATCH('/api/v1/knowledge-settings', { params: { header: edit(key, version) }, body }))

/** Days, both included. */
export const getKnowledgeFigures = (from: string, until: string): Promise<KnowledgeFigures> =>
  take(api.GET('/api/v1/knowledge-figures', { params: { query: { from, until } } }))

export const listSuggestions = (number: string) =>
  take(api.GET('/api/v1/tickets/{number}/suggestions', { params: { path: { number } } }))

export const takeSuggestion = (
  key: string,
  number: string,
  { article_id, rank }: Pick<Suggestion, 'article_id' | 'rank'>,
): Promise<UsedSuggestion> =>
  take(
    api.POST('/api/v1/tickets/{number}/suggestions/{article_id}/use', {
      params: { path: { number, article_id }, header: withKey(key) },
      body: { rank },
    }),
  )
