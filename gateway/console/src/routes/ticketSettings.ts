/** What tickets are made of and the rules that they go by. */
import type { RouteRecordRaw } from 'vue-router'

export const ticketSettingRoutes: RouteRecordRaw[] = [
  {
    path: 'settings/ticket-categories',
    name: 'ticket-categories',
    component: () => import('@/pages/TicketCategoriesPage.vue'),
    meta: { title: 'menu.ticket-categories', permission: 'ticket_category.manage' },
  },
  {
    path: 'settings/urgency-words',
    name: 'urgency-words',
    component: () => import('@/pages/UrgencyWordsPage.vue'),
    meta: { title: 'menu.urgency-words', permission: 'urgency_word.manage' },
  },
  {
    path: 'settings/tags',
    name: 'tags',
    component: () => import('@/pages/TagsPage.vue'),
    meta: { title: 'menu.tags', permission: 'tag.manage' },
  },
  {
    path: 'settings/triggers',
    name: 'triggers',
    component: () => import('@/pages/TriggersPage.vue'),
    meta: { title: 'menu.triggers', permission: 'trigger.read' },
  },
  {
    path: 'settings/automations',
    name: 'automations',
    component: () => import('@/pages/AutomationsPage.vue'),
    meta: { title: 'menu.automations', permission: 'trigger.read' },
  },
  {
    path: 'settings/statuses',
    name: 'statuses',
    component: () => import('@/pages/StatusesPage.vue'),
    meta: { title: 'menu.statuses', permission: 'status.manage' },
  },
  {
    path: 'settings/ticket-templates',
    name: 'ticket-templates',
    component: () => import('@/pages/TicketTemplatesPage.vue'),
    meta: { title: 'menu.ticket-templates', permission: 'template.manage' },
  },
  {
    path: 'settings/ticket-templates/:key',
    name: 'ticket-template',
    component: () => import('@/pages/TicketTemplatePage.vue'),
    props: (route) => ({ templateKey: String(route.params.key) }),
    meta: { isTitledByPage: true, permission: 'template.manage' },
  },
  {
    path: 'settings/ticket-settings',
    name: 'ticket-settings',
    component: () => import('@/pages/TicketSettingsPage.vue'),
    meta: { title: 'menu.ticket-settings', permission: 'ticket_setting.read' },
  },
  {
    path: 'settings/ticket-imports',
    name: 'ticket-imports',
    component: () => import('@/pages/TicketImportsPage.vue'),
    meta: { title: 'menu.ticket-imports', permission: 'ticket.import' },
  },
  {
    path: 'settings/canned-replies',
    name: 'canned-replies',
    component: () => import('@/pages/CannedRepliesPage.vue'),
    meta: { title: 'menu.canned-replies', permission: 'canned_reply.use' },
  },
  {
    path: 'settings/macros',
    name: 'macros',
    component: () => import('@/pages/MacrosPage.vue'),
    meta: { title: 'menu.macros', permission: 'macro.use' },
  },
  {
    path: 'settings/sla',
    name: 'sla-policies',
    component: () => import('@/pages/SlaPoliciesPage.vue'),
    meta: { title: 'menu.sla-policies', permission: 'sla.read' },
  },
  {
    path: 'settings/calendars',
    name: 'calendars',
    component: () => import('@/pages/CalendarsPage.vue'),
    meta: { title: 'menu.calendars', permission: 'sla.read' },
  },
  {
    path: 'settings/dispatch-rules',
    name: 'dispatch-rules',
    component: () => import('@/pages/DispatchRulesPage.vue'),
    meta: { title: 'menu.dispatch-rules', permission: 'dispatch.read' },
  },
  {
    path: 'settings/agents',
    name: 'agents',
    component: () => import('@/pages/AgentsPage.vue'),
    meta: { title: 'menu.agents', permission: 'dispatch.read' },
  },
  {
    path: 'settings/surveys',
    name: 'survey-settings',
    component: () => import('@/pages/SurveySettingsPage.vue'),
    meta: { title: 'menu.survey-settings', permission: 'survey.read' },
  },
]
