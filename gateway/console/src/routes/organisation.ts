/** Who works here, and what they may do. */
import type { RouteRecordRaw } from 'vue-router'

export const organisationRoutes: RouteRecordRaw[] = [
  {
    path: 'settings/people',
    name: 'people',
    component: () => import('@/pages/PeoplePage.vue'),
    meta: { title: 'menu.people', permission: 'person.read' },
  },
  {
    path: 'settings/organisation',
    name: 'organisation',
    component: () => import('@/pages/OrganisationPage.vue'),
    meta: { title: 'menu.organisation', permission: 'organisation.read' },
  },
  {
    path: 'settings/roles',
    name: 'roles',
    component: () => import('@/pages/RolesPage.vue'),
    meta: { title: 'menu.roles', permission: 'role.read' },
  },
  {
    path: 'settings/sessions',
    name: 'sessions',
    component: () => import('@/pages/SessionsPage.vue'),
    meta: { title: 'menu.sessions', permission: 'session.manage' },
  },
  {
    path: 'settings/api-keys',
    name: 'api-keys',
    component: () => import('@/pages/ApiKeysPage.vue'),
    meta: { title: 'menu.api-keys', permission: 'api_key.read' },
  },
  {
    path: 'me',
    name: 'me',
    component: () => import('@/pages/ProfilePage.vue'),
    meta: { title: 'menu.me', permission: 'session.own' },
  },
]
