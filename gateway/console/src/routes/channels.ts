/** The ways in and out: accounts of channels, notices, robots and webhooks. */
import type { RouteRecordRaw } from 'vue-router'

export const channelRoutes: RouteRecordRaw[] = [
  {
    path: 'settings/channel-accounts',
    name: 'channel-accounts',
    component: () => import('@/pages/ChannelAccountsPage.vue'),
    meta: { title: 'menu.channel-accounts', permission: 'channel_account.read' },
  },
  {
    path: 'settings/notification-rules',
    name: 'notification-rules',
    component: () => import('@/pages/NotificationRulesPage.vue'),
    meta: { title: 'menu.notification-rules', permission: 'notification.read' },
  },
  {
    path: 'settings/notification-texts',
    name: 'notification-texts',
    component: () => import('@/pages/NotificationTextsPage.vue'),
    meta: { title: 'menu.notification-texts', permission: 'notification.read' },
  },
  {
    path: 'settings/deliveries',
    name: 'deliveries',
    component: () => import('@/pages/DeliveriesPage.vue'),
    meta: { title: 'menu.deliveries', permission: 'delivery.read' },
  },
  {
    path: 'settings/robots',
    name: 'robots',
    component: () => import('@/pages/RobotsPage.vue'),
    meta: { title: 'menu.robots', permission: 'notification.read' },
  },
  {
    path: 'settings/webhooks',
    name: 'webhooks',
    component: () => import('@/pages/WebhooksPage.vue'),
    meta: { title: 'menu.webhooks', permission: 'webhook.read' },
  },
  {
    path: 'settings/webhooks/:webhookId',
    name: 'webhook',
    component: () => import('@/pages/WebhookPage.vue'),
    props: true,
    meta: { title: 'webhooks.log', permission: 'webhook.read' },
  },
]
