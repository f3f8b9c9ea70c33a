/** Addresses of the console; each page is a chunk of its own. */
import {
  createRouter,
  createWebHistory,
  type RouteLocationNormalized,
  type RouteLocationNormalizedLoaded,
} from 'vue-router'

import { asProblem } from './api/problem'
import { channelRoutes } from './routes/channels'
import { figureRoutes } from './routes/figures'
import { knowledgeRoutes } from './routes/knowledge'
import { organisationRoutes } from './routes/organisation'
import { outsideRoutes } from './routes/outside'
import { qualityRoutes } from './routes/quality'
import { supervisionRoutes } from './routes/supervision'
import { ticketSettingRoutes } from './routes/ticketSettings'
import { ticketRoutes } from './routes/tickets'
import { useConnection } from './stores/connection'
import { useSession } from './stores/session'

declare module 'vue-router' {
  interface RouteMeta {
    isPublic?: boolean
    /** Of no concern to it whether a colleague is signed in here as well. */
    isForCustomers?: boolean
    title?: string | ((route: RouteLocationNormalizedLoaded) => string)
    /** The page names itself, by what it shows. */
    isTitledByPage?: boolean
    /** Who may not is told so; the gateway would refuse them anyway. Of several one suffices. */
    permission?: string | readonly string[]
  }
}

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    ...outsideRoutes,
    {
      path: '/',
      component: () => import('./components/frame/AppFrame.vue'),
      children: [
        // Where that is depends on who has signed in: decided below, when it is known.
        { path: '', name: 'home', component: () => import('./pages/NotFoundPage.vue') },
        ...ticketRoutes,
        ...knowledgeRoutes,
        ...figureRoutes,
        ...qualityRoutes,
        ...ticketSettingRoutes,
        ...organisationRoutes,
        ...channelRoutes,
        ...supervisionRoutes,
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
  if (to.meta.isForCustomers) return true
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
  if (to.name === 'first-steps') return session.firstStep ? true : pageAfterLogin(to)
  if (session.firstStep) return { name: 'first-steps', query: { next: to.fullPath } }
  if (to.name === 'home') return { name: home(session.may) }
  const { permission } = to.meta
  return !permission || session.may(permission) ? true : { name: 'forbidden' }
})

/** The first page that somebody may see. */
export function home(may: (permission: string) => boolean): string {
  if (may('ticket.list')) return 'tickets'
  if (may('request.own')) return 'requests'
  return may('audit.read') ? 'audit' : 'me'
}

/** Only a path of our own: `//elsewhere` and full addresses would lead away. */
export function pageAfterLogin(login: RouteLocationNormalized): string {
  const next = login.query.next
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : '/'
}
