/** The library's filters as they stand in the address, and as the gateway wants them. */
import type { LocationQuery } from 'vue-router'

import type { ArticleQuery } from '@/api/knowledge'

const WORDS = ['q', 'kind', 'category', 'tag', 'language', 'audience', 'state', 'sort'] as const

export type ArticleFilters = Record<(typeof WORDS)[number], string> & {
  /** Only what the reader has written on. */
  own: boolean
}

export function articleFiltersFrom(query: LocationQuery): ArticleFilters {
  const one = (name: string) => {
    const value = query[name]
    return typeof value === 'string' ? value : ''
  }
  const words = Object.fromEntries(WORDS.map((name) => [name, one(name)]))
  return { ...(words as Record<(typeof WORDS)[number], string>), own: one('own') === '1' }
}

/** Only what differs from the default, so that addresses stay short. */
export function articleAddressOf({ own, ...words }: ArticleFilters): Record<string, string> {
  const set = Object.entries(words).filter(([, value]) => value !== '')
  return { ...Object.fromEntries(set), ...(own ? { own: '1' } : {}) }
}

export function articleRequestOf(
  filters: ArticleFilters,
  cursor: string | null,
  limit: number,
): ArticleQuery {
  const { category, ...rest } = articleAddressOf(filters)
  return {
    ...rest,
    ...(category ? { category_id: category } : {}),
    ...(filters.own ? { own: true } : {}),
    ...(cursor ? { cursor } : {}),
    limit,
  } as ArticleQuery
}

/** Whether less than everything is asked for; the order is no filter. */
export function hasArticleFilters(filters: ArticleFilters): boolean {
  return Object.keys(articleAddressOf({ ...filters, sort: '' })).length > 0
}
