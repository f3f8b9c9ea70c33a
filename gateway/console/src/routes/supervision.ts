/** What keeps an eye on the system and on those who use it. */
import type { RouteRecordRaw } from 'vue-router'

export const supervisionRoutes: RouteRecordRaw[] = [
  {
    path: 'operations',
    name: 'operations',
    component: () => import('@/pages/OperationsPage.vue'),
    meta: {
      title: 'operations.title',
      // Each grants a part of the page.
      permission: ['operation.read', 'receipt.list', 'failure.list'],
    },
  },
  {
    path: 'audit',
    name: 'audit',
    component: () => import('@/pages/AuditPage.vue'),
    meta: { title: 'menu.audit', permission: 'audit.read' },
  },
  {
    path: 'security',
    name: 'alerts',
    component: () => import('@/pages/AlertsPage.vue'),
    meta: { title: 'menu.alerts', permission: 'alert.read' },
  },
]
