/** Pages without the frame: for customers, newcomers and whoever has yet to sign in. */
import type { RouteRecordRaw } from 'vue-router'

export const outsideRoutes: RouteRecordRaw[] = [
  {
    path: '/login',
    name: 'login',
    component: () => import('@/pages/LoginPage.vue'),
    meta: { isPublic: true, title: 'login.title' },
  },
  {
    path: '/first-steps',
    name: 'first-steps',
    component: () => import('@/pages/FirstStepsPage.vue'),
    meta: { title: 'firstSteps.title' },
  },
  {
    path: '/portal',
    name: 'portal',
    component: () => import('@/pages/PortalPage.vue'),
    meta: { isPublic: true, isForCustomers: true, title: 'portal.title' },
  },
  {
    // The name of the page is part of mails and text messages: it stays as short as it is.
    path: '/s/:token',
    name: 'survey',
    component: () => import('@/pages/SurveyPage.vue'),
    props: true,
    meta: { isPublic: true, isForCustomers: true, title: 'survey.pageTitle' },
  },
  {
    // As short as the survey's, and for the same reason.
    path: '/u/:token',
    name: 'upload',
    component: () => import('@/pages/UploadPage.vue'),
    props: true,
    meta: { isPublic: true, isForCustomers: true, title: 'materialPage.pageTitle' },
  },
  {
    path: '/help',
    component: () => import('@/components/help/HelpFrame.vue'),
    meta: { isPublic: true, isForCustomers: true, isTitledByPage: true },
    children: [
      { path: '', name: 'help', component: () => import('@/pages/HelpPage.vue') },
      {
        path: ':name',
        name: 'help-article',
        component: () => import('@/pages/HelpArticlePage.vue'),
        props: true,
      },
    ],
  },
]
