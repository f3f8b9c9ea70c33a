/** What is counted: now, over time, and what customers think. */
import type { RouteRecordRaw } from 'vue-router'

export const figureRoutes: RouteRecordRaw[] = [
  {
    path: 'board',
    name: 'board',
    component: () => import('@/pages/BoardPage.vue'),
    meta: { title: 'menu.board', permission: 'board.read' },
  },
  {
    path: 'sla-board',
    name: 'sla-board',
    component: () => import('@/pages/SlaBoardPage.vue'),
    meta: { title: 'menu.sla-board', permission: 'board.read' },
  },
  {
    path: 'dashboard',
    name: 'dashboard',
    component: () => import('@/pages/DashboardPage.vue'),
    meta: { title: 'menu.dashboard', permission: 'report.read' },
  },
  {
    path: 'reports',
    name: 'reports',
    component: () => import('@/pages/ReportsPage.vue'),
    meta: { title: 'menu.reports', permission: 'report.read' },
  },
  {
    path: 'satisfaction',
    name: 'satisfaction',
    component: () => import('@/pages/SatisfactionPage.vue'),
    meta: { title: 'menu.satisfaction', permission: 'survey.read' },
  },
]
