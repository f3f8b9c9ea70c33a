/** Where the work is done: tickets, the problems behind them, and what colleagues ask for. */
import type { RouteRecordRaw } from 'vue-router'

import { filtersFrom } from '@/composables/listQuery'

export const ticketRoutes: RouteRecordRaw[] = [
  {
    path: 'tickets',
    name: 'tickets',
    component: () => import('@/pages/TicketListPage.vue'),
    // Kept alive behind other pages, it cannot name them itself.
    meta: {
      permission: 'ticket.list',
      title: ({ query }) => `view.${filtersFrom(query).view}`,
    },
  },
  {
    path: 'search',
    name: 'search',
    component: () => import('@/pages/SearchPage.vue'),
    meta: { title: 'search.title', permission: 'ticket.list' },
  },
  {
    path: 'tickets/new',
    name: 'new-ticket',
    component: () => import('@/pages/NewTicketPage.vue'),
    meta: { title: 'newTicket.title', permission: 'ticket.create' },
  },
  {
    path: 'tickets/:number',
    name: 'ticket',
    component: () => import('@/pages/TicketPage.vue'),
    props: true,
    meta: { permission: 'ticket.read', isTitledByPage: true },
  },
  {
    path: 'my-work',
    name: 'my-work',
    component: () => import('@/pages/MyWorkPage.vue'),
    meta: { title: 'menu.my-work', permission: 'presence.own' },
  },
  {
    path: 'collaborations',
    name: 'collaborations',
    component: () => import('@/pages/CollaborationsPage.vue'),
    meta: { title: 'menu.collaborations', permission: 'collaboration.answer' },
  },
  {
    path: 'grab-pool',
    name: 'grab-pool',
    component: () => import('@/pages/GrabPoolPage.vue'),
    meta: { title: 'menu.grab-pool', permission: 'ticket.take' },
  },
  {
    path: 'problems',
    name: 'problems',
    component: () => import('@/pages/ProblemsPage.vue'),
    meta: { title: 'menu.problems', permission: 'problem.read' },
  },
  {
    path: 'problems/:number',
    name: 'problem',
    component: () => import('@/pages/ProblemPage.vue'),
    props: true,
    meta: { isTitledByPage: true, permission: 'problem.read' },
  },
  {
    path: 'views',
    name: 'views',
    component: () => import('@/pages/ViewsPage.vue'),
    meta: { title: 'menu.views', permission: 'view.own' },
  },
  {
    path: 'requests',
    name: 'requests',
    component: () => import('@/pages/RequestsPage.vue'),
    meta: { title: 'requests.title', permission: 'request.own' },
  },
  {
    path: 'requests/:number',
    name: 'request',
    component: () => import('@/pages/RequestPage.vue'),
    props: true,
    meta: { title: 'requests.title', permission: 'request.own' },
  },
]
