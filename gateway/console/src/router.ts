/** Addresses of the console; each page is a chunk of its own. */
import {
  createRouter,
  createWebHistory,
  type RouteLocationNormalized,
  type RouteLocationNormalizedLoaded,
} from 'vue-router'

import { asProblem } from './api/problem'
import { filtersFrom } from './composables/listQuery'
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
    {
      path: '/login',
      name: 'login',
      component: () => import('./pages/LoginPage.vue'),
      meta: { isPublic: true, title: 'login.title' },
    },
    {
      path: '/first-steps',
      name: 'first-steps',
      component: () => import('./pages/FirstStepsPage.vue'),
      meta: { title: 'firstSteps.title' },
    },
    {
      path: '/portal',
      name: 'portal',
      component: () => import('./pages/PortalPage.vue'),
      meta: { isPublic: true, isForCustomers: true, title: 'portal.title' },
    },
    {
      // The name of the page is part of mails and text messages: it stays as short as it is.
      path: '/s/:token',
      name: 'survey',
      component: () => import('./pages/SurveyPage.vue'),
      props: true,
      meta: { isPublic: true, isForCustomers: true, title: 'survey.pageTitle' },
    },
    {
      // As short as the survey's, and for the same reason.
      path: '/u/:token',
      name: 'upload',
      component: () => import('./pages/UploadPage.vue'),
      props: true,
      meta: { isPublic: true, isForCustomers: true, title: 'materialPage.pageTitle' },
    },
    {
      path: '/help',
      component: () => import('./components/help/HelpFrame.vue'),
      meta: { isPublic: true, isForCustomers: true, isTitledByPage: true },
      children: [
        { path: '', name: 'help', component: () => import('./pages/HelpPage.vue') },
        {
          path: ':name',
          name: 'help-article',
          component: () => import('./pages/HelpArticlePage.vue'),
          props: true,
        },
      ],
    },
    {
      path: '/',
      component: () => import('./components/frame/AppFrame.vue'),
      children: [
        // Where that is depends on who has signed in: decided below, when it is known.
        { path: '', name: 'home', component: () => import('./pages/NotFoundPage.vue') },
        {
          path: 'tickets',
          name: 'tickets',
          component: () => import('./pages/TicketListPage.vue'),
          // Kept alive behind other pages, it cannot name them itself.
          meta: {
            permission: 'ticket.list',
            title: ({ query }) => `view.${filtersFrom(query).view}`,
          },
        },
        {
          path: 'search',
          name: 'search',
          component: () => import('./pages/SearchPage.vue'),
          meta: { title: 'search.title', permission: 'ticket.list' },
        },
        {
          path: 'tickets/new',
          name: 'new-ticket',
          component: () => import('./pages/NewTicketPage.vue'),
          meta: { title: 'newTicket.title', permission: 'ticket.create' },
        },
        {
          path: 'tickets/:number',
          name: 'ticket',
          component: () => import('./pages/TicketPage.vue'),
          props: true,
          meta: { permission: 'ticket.read', isTitledByPage: true },
        },
        {
          path: 'my-work',
          name: 'my-work',
          component: () => import('./pages/MyWorkPage.vue'),
          meta: { title: 'menu.my-work', permission: 'presence.own' },
        },
        {
          path: 'collaborations',
          name: 'collaborations',
          component: () => import('./pages/CollaborationsPage.vue'),
          meta: { title: 'menu.collaborations', permission: 'collaboration.answer' },
        },
        {
          path: 'grab-pool',
          name: 'grab-pool',
          component: () => import('./pages/GrabPoolPage.vue'),
          meta: { title: 'menu.grab-pool', permission: 'ticket.take' },
        },
        {
          path: 'problems',
          name: 'problems',
          component: () => import('./pages/ProblemsPage.vue'),
          meta: { title: 'menu.problems', permission: 'problem.read' },
        },
        {
          path: 'problems/:number',
          name: 'problem',
          component: () => import('./pages/ProblemPage.vue'),
          props: true,
          meta: { isTitledByPage: true, permission: 'problem.read' },
        },
        {
          path: 'views',
          name: 'views',
          component: () => import('./pages/ViewsPage.vue'),
          meta: { title: 'menu.views', permission: 'view.own' },
        },
        {
          path: 'settings/ticket-categories',
          name: 'ticket-categories',
          component: () => import('./pages/TicketCategoriesPage.vue'),
          meta: { title: 'menu.ticket-categories', permission: 'ticket_category.manage' },
        },
        {
          path: 'settings/urgency-words',
          name: 'urgency-words',
          component: () => import('./pages/UrgencyWordsPage.vue'),
          meta: { title: 'menu.urgency-words', permission: 'urgency_word.manage' },
        },
        {
          path: 'settings/tags',
          name: 'tags',
          component: () => import('./pages/TagsPage.vue'),
          meta: { title: 'menu.tags', permission: 'tag.manage' },
        },
        {
          path: 'settings/triggers',
          name: 'triggers',
          component: () => import('./pages/TriggersPage.vue'),
          meta: { title: 'menu.triggers', permission: 'trigger.read' },
        },
        {
          path: 'settings/automations',
          name: 'automations',
          component: () => import('./pages/AutomationsPage.vue'),
          meta: { title: 'menu.automations', permission: 'trigger.read' },
        },
        {
          path: 'board',
          name: 'board',
          component: () => import('./pages/BoardPage.vue'),
          meta: { title: 'menu.board', permission: 'board.read' },
        },
        {
          path: 'sla-board',
          name: 'sla-board',
          component: () => import('./pages/SlaBoardPage.vue'),
          meta: { title: 'menu.sla-board', permission: 'board.read' },
        },
        {
          path: 'dashboard',
          name: 'dashboard',
          component: () => import('./pages/DashboardPage.vue'),
          meta: { title: 'menu.dashboard', permission: 'report.read' },
        },
        {
          path: 'reports',
          name: 'reports',
          component: () => import('./pages/ReportsPage.vue'),
          meta: { title: 'menu.reports', permission: 'report.read' },
        },
        {
          path: 'knowledge',
          name: 'knowledge',
          component: () => import('./pages/KnowledgePage.vue'),
          meta: { title: 'knowledge.title', permission: 'article.read' },
        },
        {
          path: 'knowledge/reviews',
          name: 'knowledge-reviews',
          component: () => import('./pages/ArticleReviewsPage.vue'),
          meta: { title: 'knowledge.place.knowledge-reviews', permission: 'article.review' },
        },
        {
          path: 'knowledge/figures',
          name: 'knowledge-figures',
          component: () => import('./pages/KnowledgeFiguresPage.vue'),
          meta: { title: 'knowledge.place.knowledge-figures', permission: 'report.read' },
        },
        {
          path: 'knowledge/categories',
          name: 'knowledge-categories',
          component: () => import('./pages/ArticleCategoriesPage.vue'),
          meta: { title: 'knowledge.place.knowledge-categories', permission: 'article.manage' },
        },
        {
          path: 'knowledge/settings',
          name: 'knowledge-settings',
          component: () => import('./pages/KnowledgeSettingsPage.vue'),
          meta: { title: 'knowledge.place.knowledge-settings', permission: 'article.manage' },
        },
        {
          path: 'knowledge/new',
          name: 'new-article',
          component: () => import('./pages/ArticleEditorPage.vue'),
          meta: { isTitledByPage: true, permission: 'article.write' },
        },
        {
          path: 'knowledge/:articleId',
          name: 'article',
          component: () => import('./pages/ArticlePage.vue'),
          props: true,
          meta: { isTitledByPage: true, permission: 'article.read' },
        },
        {
          path: 'knowledge/:articleId/edit',
          name: 'edit-article',
          component: () => import('./pages/ArticleEditorPage.vue'),
          props: true,
          meta: { isTitledByPage: true, permission: 'article.write' },
        },
        {
          path: 'knowledge/:articleId/versions',
          name: 'article-versions',
          component: () => import('./pages/ArticleVersionsPage.vue'),
          props: true,
          meta: { isTitledByPage: true, permission: 'article.write' },
        },
        {
          path: 'settings/statuses',
          name: 'statuses',
          component: () => import('./pages/StatusesPage.vue'),
          meta: { title: 'menu.statuses', permission: 'status.manage' },
        },
        {
          path: 'settings/ticket-templates',
          name: 'ticket-templates',
          component: () => import('./pages/TicketTemplatesPage.vue'),
          meta: { title: 'menu.ticket-templates', permission: 'template.manage' },
        },
        {
          path: 'settings/ticket-templates/:key',
          name: 'ticket-template',
          component: () => import('./pages/TicketTemplatePage.vue'),
          props: (route) => ({ templateKey: String(route.params.key) }),
          meta: { isTitledByPage: true, permission: 'template.manage' },
        },
        {
          path: 'settings/ticket-settings',
          name: 'ticket-settings',
          component: () => import('./pages/TicketSettingsPage.vue'),
          meta: { title: 'menu.ticket-settings', permission: 'ticket_setting.read' },
        },
        {
          path: 'settings/sla',
          name: 'sla-policies',
          component: () => import('./pages/SlaPoliciesPage.vue'),
          meta: { title: 'menu.sla-policies', permission: 'sla.read' },
        },
        {
          path: 'settings/calendars',
          name: 'calendars',
          component: () => import('./pages/CalendarsPage.vue'),
          meta: { title: 'menu.calendars', permission: 'sla.read' },
        },
        {
          path: 'satisfaction',
          name: 'satisfaction',
          component: () => import('./pages/SatisfactionPage.vue'),
          meta: { title: 'menu.satisfaction', permission: 'survey.read' },
        },
        {
          path: 'settings/surveys',
          name: 'survey-settings',
          component: () => import('./pages/SurveySettingsPage.vue'),
          meta: { title: 'menu.survey-settings', permission: 'survey.read' },
        },
        {
          path: 'quality',
          name: 'quality',
          component: () => import('./pages/QualityPage.vue'),
          meta: { title: 'menu.quality', permission: ['quality.read', 'quality.review'] },
        },
        {
          path: 'quality/results',
          name: 'my-quality',
          component: () => import('./pages/MyQualityPage.vue'),
          meta: { title: 'menu.my-quality', permission: 'quality.own' },
        },
        {
          path: 'quality/:reviewId',
          name: 'quality-review',
          component: () => import('./pages/QualityReviewPage.vue'),
          props: true,
          meta: { isTitledByPage: true, permission: 'quality.own' },
        },
        {
          path: 'settings/score-sheets',
          name: 'score-sheets',
          component: () => import('./pages/ScoreSheetsPage.vue'),
          meta: { title: 'menu.score-sheets', permission: 'quality.read' },
        },
        {
          path: 'settings/quality-rules',
          name: 'quality-rules',
          component: () => import('./pages/QualityRulesPage.vue'),
          meta: { title: 'menu.quality-rules', permission: 'quality.read' },
        },
        {
          path: 'operations',
          name: 'operations',
          component: () => import('./pages/OperationsPage.vue'),
          meta: {
            title: 'operations.title',
            // Each grants a part of the page.
            permission: ['operation.read', 'receipt.list', 'failure.list'],
          },
        },
        {
          path: 'requests',
          name: 'requests',
          component: () => import('./pages/RequestsPage.vue'),
          meta: { title: 'requests.title', permission: 'request.own' },
        },
        {
          path: 'requests/:number',
          name: 'request',
          component: () => import('./pages/RequestPage.vue'),
          props: true,
          meta: { title: 'requests.title', permission: 'request.own' },
        },
        {
          path: 'settings/people',
          name: 'people',
          component: () => import('./pages/PeoplePage.vue'),
          meta: { title: 'menu.people', permission: 'person.read' },
        },
        {
          path: 'settings/organisation',
          name: 'organisation',
          component: () => import('./pages/OrganisationPage.vue'),
          meta: { title: 'menu.organisation', permission: 'organisation.read' },
        },
        {
          path: 'settings/roles',
          name: 'roles',
          component: () => import('./pages/RolesPage.vue'),
          meta: { title: 'menu.roles', permission: 'role.read' },
        },
        {
          path: 'settings/sessions',
          name: 'sessions',
          component: () => import('./pages/SessionsPage.vue'),
          meta: { title: 'menu.sessions', permission: 'session.manage' },
        },
        {
          path: 'settings/api-keys',
          name: 'api-keys',
          component: () => import('./pages/ApiKeysPage.vue'),
          meta: { title: 'menu.api-keys', permission: 'api_key.read' },
        },
        {
          path: 'settings/ticket-imports',
          name: 'ticket-imports',
          component: () => import('./pages/TicketImportsPage.vue'),
          meta: { title: 'menu.ticket-imports', permission: 'ticket.import' },
        },
        {
          path: 'settings/channel-accounts',
          name: 'channel-accounts',
          component: () => import('./pages/ChannelAccountsPage.vue'),
          meta: { title: 'menu.channel-accounts', permission: 'channel_account.read' },
        },
        {
          path: 'settings/dispatch-rules',
          name: 'dispatch-rules',
          component: () => import('./pages/DispatchRulesPage.vue'),
          meta: { title: 'menu.dispatch-rules', permission: 'dispatch.read' },
        },
        {
          path: 'settings/agents',
          name: 'agents',
          component: () => import('./pages/AgentsPage.vue'),
          meta: { title: 'menu.agents', permission: 'dispatch.read' },
        },
        {
          path: 'settings/canned-replies',
          name: 'canned-replies',
          component: () => import('./pages/CannedRepliesPage.vue'),
          meta: { title: 'menu.canned-replies', permission: 'canned_reply.use' },
        },
        {
          path: 'settings/macros',
          name: 'macros',
          component: () => import('./pages/MacrosPage.vue'),
          meta: { title: 'menu.macros', permission: 'macro.use' },
        },
        {
          path: 'settings/notification-rules',
          name: 'notification-rules',
          component: () => import('./pages/NotificationRulesPage.vue'),
          meta: { title: 'menu.notification-rules', permission: 'notification.read' },
        },
        {
          path: 'settings/notification-texts',
          name: 'notification-texts',
          component: () => import('./pages/NotificationTextsPage.vue'),
          meta: { title: 'menu.notification-texts', permission: 'notification.read' },
        },
        {
          path: 'settings/deliveries',
          name: 'deliveries',
          component: () => import('./pages/DeliveriesPage.vue'),
          meta: { title: 'menu.deliveries', permission: 'delivery.read' },
        },
        {
          path: 'settings/robots',
          name: 'robots',
          component: () => import('./pages/RobotsPage.vue'),
          meta: { title: 'menu.robots', permission: 'notification.read' },
        },
        {
          path: 'settings/webhooks',
          name: 'webhooks',
          component: () => import('./pages/WebhooksPage.vue'),
          meta: { title: 'menu.webhooks', permission: 'webhook.read' },
        },
        {
          path: 'settings/webhooks/:webhookId',
          name: 'webhook',
          component: () => import('./pages/WebhookPage.vue'),
          props: true,
          meta: { title: 'webhooks.log', permission: 'webhook.read' },
        },
        {
          path: 'audit',
          name: 'audit',
          component: () => import('./pages/AuditPage.vue'),
          meta: { title: 'menu.audit', permission: 'audit.read' },
        },
        {
          path: 'security',
          name: 'alerts',
          component: () => import('./pages/AlertsPage.vue'),
          meta: { title: 'menu.alerts', permission: 'alert.read' },
        },
        {
          path: 'me',
          name: 'me',
          component: () => import('./pages/ProfilePage.vue'),
          meta: { title: 'menu.me', permission: 'session.own' },
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
