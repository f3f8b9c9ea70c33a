/** What an author writes, as fields; and how the words of two authors come together. */
import type { Article, ArticleChanges, ArticleWords } from '@/api/knowledge'

const FIELDS = [
  'title',
  'kind',
  'language',
  'audience',
  'summary',
  'body_html',
  'steps',
  'cautions',
  'videos',
  'category_id',
  'tags',
  'slug',
  'valid_until',
] as const
export type FieldName = (typeof FIELDS)[number]
export type ArticleForm = Pick<ArticleWords, FieldName>

export function emptyForm(language: 'zh' | 'en', title = ''): ArticleForm {
  return {
    title,
    kind: 'faq',
    language,
    audience: 'staff',
    summary: '',
    body_html: '',
    steps: [],
    cautions: [],
    videos: [],
    category_id: null,
    tags: [],
    slug: null,
    valid_until: null,
  }
}

/** What is written on: the draft where there is one. */
export function formOf(article: Article): ArticleForm {
  const words: ArticleWords = article.draft ?? article
  const picked = Object.fromEntries(FIELDS.map((name) => [name, words[name]]))
  return JSON.parse(JSON.stringify(picked)) as ArticleForm
}

const same = (left: unknown, right: unknown) => JSON.stringify(left) === JSON.stringify(right)

/** The fields in which two differ. */
export function differing(left: ArticleForm, right: ArticleForm): FieldName[] {
  return FIELDS.filter((name) => !same(left[name], right[name]))
}

/** Without half-filled lines, and without what only solutions have. */
export function tidied(form: ArticleForm): ArticleForm {
  const filled = (lines: string[]) =>
    lines.map((line) => line.replace(/\s+/g, ' ').trim()).filter(Boolean)
  const isSolution = form.kind === 'solution'
  return {
    ...form,
    title: form.title.trim(),
    summary: form.summary.replace(/\s+/g, ' ').trim(),
    steps: isSolution ? filled(form.steps) : [],
    cautions: isSolution ? filled(form.cautions) : [],
    videos: form.videos
      .map(({ url, title }) => ({ url: url.trim(), title: title.trim() }))
      .filter(({ url, title }) => url || title),
    slug: form.slug?.trim() || null,
  }
}

/** Only what this author has changed: what another has changed meanwhile stays theirs. */
export function changesOf(before: ArticleForm, mine: ArticleForm): ArticleChanges {
  const changed = differing(before, mine).map((name) => [name, mine[name]])
  return Object.fromEntries(changed) as ArticleChanges
}

export interface Merge {
  form: ArticleForm
  /** What the other has changed. */
  theirs: FieldName[]
  /** What both have changed; here this author's words stand. */
  clashes: FieldName[]
}

/** `before` is what both began with. */
export function merged(before: ArticleForm, mine: ArticleForm, latest: ArticleForm): Merge {
  const own = differing(before, mine)
  const theirs = differing(before, latest)
  const kept = Object.fromEntries(own.map((name) => [name, mine[name]]))
  const clashes = theirs.filter((name) => own.includes(name) && !same(mine[name], latest[name]))
  return { form: { ...latest, ...kept }, theirs, clashes }
}
