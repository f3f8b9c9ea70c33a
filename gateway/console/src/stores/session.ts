/** Who is signed in. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'

import { closeSession, getSession } from '@/api/directory'
import { asProblem } from '@/api/problem'
import type { Session } from '@/api/types'
import { forgetDrafts } from '@/composables/useDraft'
import { languageOf, storedLanguage, useLanguage } from '@/i18n'

export const useSession = defineStore('session', () => {
  const session = ref<Session | null>(null)
  const isRestored = ref(false)
  const person = computed(() => session.value?.person ?? null)
  /** Of several permissions any one suffices. */
  const may = (permission: string | readonly string[]) =>
    [permission].flat().some((one) => session.value?.permissions.includes(one) ?? false)

  /** What somebody has to do before anything else: nothing else is allowed. */
  const firstStep = computed(() => {
    if (session.value?.must_change_password) return 'password'
    return session.value?.must_enrol ? 'second-factor' : null
  })

  /** Somebody has logged in, or their session goes on with more or fewer rights. */
  async function welcome(next: Session): Promise<void> {
    session.value = next
    isRestored.value = true
    const own = languageOf(next.person.language ?? '')
    if (!storedLanguage() && own) await useLanguage(own)
  }

  /** Asks the gateway once whether the cookie still stands for a session. */
  async function restore(): Promise<void> {
    if (isRestored.value) return
    try {
      await welcome(await getSession())
    } catch (error) {
      const { status } = asProblem(error)
      if (status !== 401 && status !== 403) throw error
      isRestored.value = true
    }
  }

  /** Rights may have changed while the page was open. */
  async function refresh(): Promise<void> {
    session.value = await getSession()
  }

  async function signOut(): Promise<void> {
    await closeSession()
    if (person.value) forgetDrafts(person.value.person_id)
    forget()
  }

  function forget(): void {
    session.value = null
  }

  return {
    session,
    person,
    may,
    firstStep,
    isRestored,
    restore,
    refresh,
    welcome,
    signOut,
    forget,
  }
})
