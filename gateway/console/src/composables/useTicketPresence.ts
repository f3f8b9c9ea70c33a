/** Tells others that this ticket is open here, or being answered, and who else is there. */
import {
  inject,
  type InjectionKey,
  onBeforeUnmount,
  onMounted,
  provide,
  ref,
  shallowRef,
} from 'vue'

import { endPresence, type PresentPerson, signPresence } from '@/api/together'
import { useLive } from '@/stores/live'
import { useSession } from '@/stores/session'

import { usePolling } from './usePolling'

const EVERY_MS = 15_000
/** Who has not typed for so long is reading again. */
const WRITING_MS = 20_000

const WRITE: InjectionKey<() => void> = Symbol('somebody is writing')

export function useTicketPresence(number: string) {
  const me = useSession().person?.person_id
  const people = shallowRef<PresentPerson[]>([])
  const state = ref<PresentPerson['state']>('viewing')
  let timer: ReturnType<typeof setTimeout> | undefined
  let forget: (() => void) | undefined

  const { now } = usePolling(sign, EVERY_MS)

  async function sign(): Promise<void> {
    people.value = (await signPresence(number, state.value)).people
  }

  /** Called with every letter: told is only that it began, and that it has ended. */
  function write(): void {
    clearTimeout(timer)
    timer = setTimeout(() => change('viewing'), WRITING_MS)
    change('writing')
  }

  function change(next: PresentPerson['state']): void {
    if (state.value === next) return
    state.value = next
    now()
  }

  function leave(): void {
    endPresence(number)
  }

  onMounted(() => {
    now()
    addEventListener('pagehide', leave)
    forget = useLive().subscribe({
      hear: (update) => {
        if (update?.type !== 'presence.changed' || update.number !== number) return
        const told = update.people as PresentPerson[]
        people.value = told.filter((one) => one.person_id !== me)
      },
    })
  })
  onBeforeUnmount(() => {
    clearTimeout(timer)
    removeEventListener('pagehide', leave)
    forget?.()
    leave()
  })
  provide(WRITE, write)

  return { people }
}

/** For whoever lets people write on the ticket's page; outside of one nothing is told. */
export const useWriting = (): (() => void) => inject(WRITE, () => {})
