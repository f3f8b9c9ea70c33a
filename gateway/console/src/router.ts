/** Addresses of the console; each page is a chunk of its own. */
import { createRouter, createWebHistory, type RouteLocationNormalized } from 'vue-router'

import { asProblem } from './api/problem'
import { useConnection } from './stores/connection'
import { useSession } from './stores/session'

declare module 'vue-router' {
  interface RouteMeta {
    isPublic?: boolean
    title?: string
    /** Who may not is told so; the gateway would refuse them anyway. */
    permission?: string
  }
}

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    {
      path: '/login',
      name: 'login',
      component: () => import('./pages/LoginPage.vue'),
      meta: { isPublic: true, title: 'login.title' },
    },
    {
      path: '/',
      component: () => import('./components/frame/AppFrame.vue'),
      children: [
        { path: '', redirect: { name: 'tickets' } },
        { path: 'tickets', name: 'tickets', component: () => import('./pages/TicketListPage.vue') },
        {
          path: 'tickets/new',
          name: 'new-ticket',
          component: () => import('./pages/NewTicketPage.vue'),
          meta: { title: 'newTicket.title' },
        },
        {
          path: 'tickets/:number',
          name: 'ticket',
          component: () => import('./pages/TicketPage.vue'),
          props: true,
        },
        {
          path: 'operations',
          name: 'operations',
          component: () => import('./pages/OperationsPage.vue'),
          meta: { title: 'operations.title', permission: 'failure.list' },
        },
        {
          path: 'forbidden',
          name: 'forbidden',
          component: () => import('./pages/ForbiddenPage.vue'),
          meta: { title: 'state.forbidden.title' },
        },
        {
          path: ':rest(.*)*',
          name: 'not-found',
          component: () => import('./pages/NotFoundPage.vue'),
          meta: { title: 'state.notFound.title' },
        },
      ],
    },
  ],
})

router.beforeEach(async (to) => {
  const session = useSession()
  try {
    await session.restore()
  } catch (error) {
    // Neither in nor out: the application shows the problem and offers a retry.
    useConnection().startProblem = asProblem(error)
    return false
  }
  if (to.meta.isPublic) return session.person ? pageAfterLogin(to) : true
  if (!session.person) return { name: 'login', query: { next: to.fullPath } }
  const { permission } = to.meta
  return !permission || session.may(permission) ? true : { name: 'forbidden' }
})

/** Only a path of our own: `//elsewhere` and full addresses would lead away. */
export function pageAfterLogin(login: RouteLocationNormalized): string {
  const next = login.query.next
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : '/tickets'
}
