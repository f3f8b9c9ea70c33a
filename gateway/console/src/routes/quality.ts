/** Checking how tickets were handled, and by which sheets and rules. */
import type { RouteRecordRaw } from 'vue-router'

export const qualityRoutes: RouteRecordRaw[] = [
  {
    path: 'quality',
    name: 'quality',
    component: () => import('@/pages/QualityPage.vue'),
    meta: { title: 'menu.quality', permission: ['quality.read', 'quality.review'] },
  },
  {
    path: 'quality/results',
    name: 'my-quality',
    component: () => import('@/pages/MyQualityPage.vue'),
    meta: { title: 'menu.my-quality', permission: 'quality.own' },
  },
  {
    path: 'quality/:reviewId',
    name: 'quality-review',
    component: () => import('@/pages/QualityReviewPage.vue'),
    props: true,
    meta: { isTitledByPage: true, permission: 'quality.own' },
  },
  {
    path: 'settings/score-sheets',
    name: 'score-sheets',
    component: () => import('@/pages/ScoreSheetsPage.vue'),
    meta: { title: 'menu.score-sheets', permission: 'quality.read' },
  },
  {
    path: 'settings/quality-rules',
    name: 'quality-rules',
    component: () => import('@/pages/QualityRulesPage.vue'),
    meta: { title: 'menu.quality-rules', permission: 'quality.read' },
  },
]
