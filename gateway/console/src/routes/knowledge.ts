/** The articles, their versions and what becomes of them. */
import type { RouteRecordRaw } from 'vue-router'

export const knowledgeRoutes: RouteRecordRaw[] = [
  {
    path: 'knowledge',
    name: 'knowledge',
    component: () => import('@/pages/KnowledgePage.vue'),
    meta: { title: 'knowledge.title', permission: 'article.read' },
  },
  {
    path: 'knowledge/reviews',
    name: 'knowledge-reviews',
    component: () => import('@/pages/ArticleReviewsPage.vue'),
    meta: { title: 'knowledge.place.knowledge-reviews', permission: 'article.review' },
  },
  {
    path: 'knowledge/figures',
    name: 'knowledge-figures',
    component: () => import('@/pages/KnowledgeFiguresPage.vue'),
    meta: { title: 'knowledge.place.knowledge-figures', permission: 'report.read' },
  },
  {
    path: 'knowledge/categories',
    name: 'knowledge-categories',
    component: () => import('@/pages/ArticleCategoriesPage.vue'),
    meta: { title: 'knowledge.place.knowledge-categories', permission: 'article.manage' },
  },
  {
    path: 'knowledge/settings',
    name: 'knowledge-settings',
    component: () => import('@/pages/KnowledgeSettingsPage.vue'),
    meta: { title: 'knowledge.place.knowledge-settings', permission: 'article.manage' },
  },
  {
    path: 'knowledge/new',
    name: 'new-article',
    component: () => import('@/pages/ArticleEditorPage.vue'),
    meta: { isTitledByPage: true, permission: 'article.write' },
  },
  {
    path: 'knowledge/:articleId',
    name: 'article',
    component: () => import('@/pages/ArticlePage.vue'),
    props: true,
    meta: { isTitledByPage: true, permission: 'article.read' },
  },
  {
    path: 'knowledge/:articleId/edit',
    name: 'edit-article',
    component: () => import('@/pages/ArticleEditorPage.vue'),
    props: true,
    meta: { isTitledByPage: true, permission: 'article.write' },
  },
  {
    path: 'knowledge/:articleId/versions',
    name: 'article-versions',
    component: () => import('@/pages/ArticleVersionsPage.vue'),
    props: true,
    meta: { isTitledByPage: true, permission: 'article.write' },
  },
]
