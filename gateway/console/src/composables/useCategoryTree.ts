/** A tree of categories on a settings page: shown, ordered among siblings, and edited in a dialog. */
import { computed, shallowRef } from 'vue'
import { useI18n } from 'vue-i18n'

import { asProblem, type Problem } from '@/api/problem'
import { movedBy } from '@/format/order'

import { useProblems } from './useProblems'
import { useRowCommands } from './useRowCommands'

interface Category {
  category_id: string
  parent_id: string | null
}

/** `order` sends the ids below a parent in their new order; `moved` is what is told after it. */
export function useCategoryTree<T extends Category>(
  store: { items: readonly T[]; load: () => Promise<void> },
  order: (key: string, parentId: string | null, ids: string[]) => Promise<unknown>,
  moved: () => string,
) {
  const { t } = useI18n()
  const { tellSuccess } = useProblems()
  const problem = shallowRef<Problem | null>(null)
  const isKnown = shallowRef(false)
  const { busy, run } = useRowCommands(load)
  /** What the dialog is about: a category, or a new one below another. */
  const edited = shallowRef<{ category: T | null; parentId: string | null } | null>(null)
  const isBusy = computed(() => busy.value.size > 0)

  void load()

  async function load(): Promise<void> {
    try {
      await store.load()
      isKnown.value = true
      problem.value = null
    } catch (error) {
      problem.value = asProblem(error)
    }
  }

  async function saved(): Promise<void> {
    edited.value = null
    tellSuccess(t('settings.saved'))
    await load()
  }

  const siblings = (one: T) =>
    store.items
      .filter((other) => other.parent_id === one.parent_id)
      .map((other) => other.category_id)

  async function move(one: T, by: -1 | 1): Promise<void> {
    const ordered = movedBy(siblings(one), one.category_id, by)
    await run(`order ${ordered.join()}`, (key) => order(key, one.parent_id, ordered), moved())
  }

  return { problem, isKnown, isBusy, edited, run, load, saved, siblings, move }
}
