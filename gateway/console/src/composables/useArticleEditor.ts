/** An article being written: loaded, kept in the browser, saved, and joined with others' words. */
import { computed, ref, shallowRef, watch } from 'vue'

import { type Article, createArticle, editArticle, getArticle } from '@/api/knowledge'
import { asProblem, type Problem } from '@/api/problem'
import {
  type ArticleForm,
  changesOf,
  differing,
  emptyForm,
  formOf,
  type Merge,
  merged,
  tidied,
} from '@/components/knowledge/articleForm'
import { useSession } from '@/stores/session'

import { useKeptForm } from './useKeptForm'
import { useSubmission } from './useSubmission'

interface Kept {
  form: ArticleForm
  before: ArticleForm
}

const STALE = 412

export interface Beginning {
  /** Tells several new articles apart, e.g. by the ticket they are written for. */
  name: string
  title: string
  language: 'zh' | 'en'
}

export function useArticleEditor(articleId: string | null, begin: () => Promise<Beginning>) {
  const { isBusy, problem, send } = useSubmission()
  const article = shallowRef<Article | null>(null)
  const loadProblem = shallowRef<Problem | null>(null)
  /** What this person began with, and what they have made of it. */
  const before = shallowRef<ArticleForm | null>(null)
  const form = ref<ArticleForm | null>(null)
  /** Changes came back that an earlier visit had left. */
  const isRestored = ref(false)
  /** Somebody else has saved in between; nothing is lost, and nothing saved yet. */
  const conflict = shallowRef<Merge | null>(null)
  const name = ref('new')
  const isChanged = computed(
    () => !!form.value && !!before.value && differing(before.value, form.value).length > 0,
  )
  const kept = useKeptForm<Kept>(
    useSession().person!.person_id,
    () => `article.${articleId ?? name.value}`,
    () => (isChanged.value ? { form: form.value!, before: before.value! } : null),
  )

  watch(form, kept.keep, { deep: true })

  async function load(): Promise<void> {
    loadProblem.value = null
    try {
      const start = articleId ? await loadArticle(articleId) : await loadNothing()
      before.value = start
      restore(start)
    } catch (error) {
      loadProblem.value = asProblem(error)
    }
  }

  async function loadArticle(id: string): Promise<ArticleForm> {
    article.value = await getArticle(id, false)
    return formOf(article.value)
  }

  async function loadNothing(): Promise<ArticleForm> {
    const found = await begin()
    name.value = found.name
    return emptyForm(found.language, found.title)
  }

  function restore(start: ArticleForm): void {
    const left = kept.stored()
    isRestored.value = left !== null
    if (!left) {
      form.value = copyOf(start)
      return
    }
    const joined = merged(left.before, left.form, start)
    form.value = copyOf(joined.form)
    conflict.value = articleId && joined.theirs.length ? joined : null
  }

  /** Whether everything is with the server now. */
  async function save(): Promise<boolean> {
    const mine = tidied(form.value!)
    const known = article.value
    const changes = changesOf(before.value!, mine)
    if (known && Object.keys(changes).length === 0) return true
    const saved = known
      ? await send([known.version, changes], (key) => editArticle(key, known, changes))
      : await send(mine, (key) => createArticle(key, mine))
    if (saved) show(saved)
    else if (problem.value?.status === STALE) await join()
    return saved !== null
  }

  function show(next: Article): void {
    article.value = next
    before.value = formOf(next)
    form.value = formOf(next)
    conflict.value = null
    isRestored.value = false
    kept.write()
  }

  /** The newest words with this person's changes in them, to be looked at and saved again. */
  async function join(): Promise<void> {
    try {
      const latest = await getArticle(article.value!.article_id, false)
      const joined = merged(before.value!, tidied(form.value!), formOf(latest))
      article.value = latest
      before.value = formOf(latest)
      form.value = copyOf(joined.form)
      conflict.value = joined
      problem.value = null
    } catch (error) {
      problem.value = asProblem(error)
    }
  }

  /** What this person has changed and not saved goes. */
  function giveUp(): void {
    form.value = copyOf(before.value!)
    conflict.value = null
    isRestored.value = false
    kept.write()
  }

  return {
    article,
    form,
    isBusy,
    isChanged,
    isRestored,
    conflict,
    problem,
    loadProblem,
    load,
    save,
    show,
    giveUp,
  }
}

const copyOf = (form: ArticleForm) => JSON.parse(JSON.stringify(form)) as ArticleForm
