import './styles/base.css'

import { createPinia } from 'pinia'
import { createApp } from 'vue'

import { listenToClient } from './api/client'
import App from './App.vue'
import { i18n, storedLanguage, useLanguage } from './i18n'
import { router } from './router'
import { useConnection } from './stores/connection'
import { useSession } from './stores/session'

const app = createApp(App).use(createPinia()).use(i18n)
const session = useSession()
const connection = useConnection()

listenToClient({
  connection: (isUp) => connection.note(isUp),
  sessionLost() {
    // Before anybody has signed in, the router itself leads to the login page.
    if (!session.person) return
    session.forget()
    const here = router.currentRoute.value
    void router.push({ name: 'login', query: { next: here.fullPath } })
  },
  firstStep() {
    // The rights have changed while the page was open; the router knows where to go.
    const { name, fullPath } = router.currentRoute.value
    if (!session.person || name === 'first-steps') return
    const go = () => router.push({ name: 'first-steps', query: { next: fullPath } })
    session.refresh().then(go, () => {})
  },
})

// Chinese unless chosen otherwise, here or in the account: most browsers' language is an accident.
await useLanguage(storedLanguage() ?? 'zh-CN')
app.use(router).mount('#app')
