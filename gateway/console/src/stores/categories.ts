/** The categories of articles, asked for once for all who show them. */
import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'

import { type Category, listCategories } from '@/api/knowledge'
import { categoryName, categoryPath, categoryTree } from '@/format/categories'
import { language } from '@/i18n'

export const useCategories = defineStore('article categories', () => {
  const items = shallowRef<Category[]>([])
  const tree = computed(() => categoryTree(items.value))

  async function load(): Promise<void> {
    items.value = (await listCategories()).items
  }

  /** 售后服务 / 退款退货; empty for none. */
  const pathText = (id: string | null | undefined): string =>
    categoryPath(items.value, id)
      .map((one) => categoryName(one, language.value))
      .join(' / ')

  return { items, tree, load, pathText }
})
