/** What the palette can do: go to pages, open a ticket by its number, search, and what keys do. */
import { computed, shallowRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRoute, useRouter } from 'vue-router'

import { listMacros, type Macro } from '@/api/macros'
import { VIEWS } from '@/composables/listQuery'
import { useMacroRun } from '@/composables/useMacroRun'
import { LANGUAGES, type Language } from '@/i18n'
import { shownGroups } from '@/keyboard'
import { useSession } from '@/stores/session'

export interface Command {
  key: string
  kind: 'page' | 'ticket' | 'search' | 'action' | 'macro'
  label: string
  /** By what it is found besides. */
  also: string
  run: () => void
}

const NUMBER = /^g?(\d{11,})$/i
const MOST_MACROS = 200

/** Every word that was typed stands somewhere in it. */
export function matching(commands: readonly Command[], typed: string): Command[] {
  const words = typed.trim().toLowerCase().split(/\s+/).filter(Boolean)
  return commands.filter(({ label, also }) => {
    const text = `${label} ${also}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

export function usePaletteCommands(help: () => void) {
  const { t } = useI18n()
  const route = useRoute()
  const router = useRouter()
  const session = useSession()
  const macroRun = useMacroRun()
  const macros = shallowRef<Macro[]>([])
  const isAtTicket = computed(() => route.name === 'ticket')

  if (isAtTicket.value && session.may('macro.use')) void loadMacros()

  async function loadMacros(): Promise<void> {
    const query = { is_active: true, sort: '-usage_count', limit: MOST_MACROS } as const
    // Without macros the palette is only shorter.
    macros.value = await listMacros(query).then(
      ({ items }) => items,
      () => [],
    )
  }

  const inAllLanguages = (key: string) =>
    (Object.keys(LANGUAGES) as Language[]).map((one) => t(key, {}, { locale: one })).join(' ')

  const views = computed<Command[]>(() =>
    session.may('ticket.list')
      ? VIEWS.filter((view) => view !== 'bin' || session.may('ticket.delete')).map((view) => ({
          key: `view-${view}`,
          kind: 'page',
          label: t(`view.${view}`),
          also: inAllLanguages(`view.${view}`),
          run: () => void router.push({ name: 'tickets', query: { view } }),
        }))
      : [],
  )

  /** Those that have a name and need nothing else to be shown. */
  const pages = computed<Command[]>(() =>
    router.getRoutes().flatMap(({ name, path, meta }) => {
      const { title, permission } = meta
      if (typeof title !== 'string' || !permission || path.includes(':')) return []
      if (!session.may(permission)) return []
      return {
        key: `page-${String(name)}`,
        kind: 'page' as const,
        label: t(title),
        also: inAllLanguages(title),
        run: () => void router.push({ name }),
      }
    }),
  )

  const actions = computed<Command[]>(() =>
    shownGroups
      .filter(({ title }) => title !== 'keys.everywhere')
      .flatMap(({ shortcuts }) => shortcuts)
      .filter(({ when, keys }) => when?.() !== false && !['j', 'k', 'Enter'].includes(keys))
      .map(({ keys, label, run }) => ({
        key: `key-${keys}`,
        kind: 'action',
        label: t(label),
        also: inAllLanguages(label),
        run,
      })),
  )

  const macroCommands = computed<Command[]>(() =>
    isAtTicket.value
      ? macros.value.map(({ macro_id, name }) => ({
          key: `macro-${macro_id}`,
          kind: 'macro',
          label: name,
          also: '',
          run: () => (macroRun.value = macro_id),
        }))
      : [],
  )

  const fixed = computed<Command[]>(() => [
    ...actions.value,
    ...macroCommands.value,
    ...views.value,
    ...pages.value,
    {
      key: 'help',
      kind: 'action',
      label: t('keys.help'),
      also: inAllLanguages('keys.help'),
      run: help,
    },
  ])

  /** The ticket whose number was typed. */
  function numbered(typed: string): Command[] {
    const number = NUMBER.exec(typed.trim())
    if (!number || !session.may('ticket.read')) return []
    const wanted = `G${number[1]}`
    return [
      {
        key: 'ticket',
        kind: 'ticket',
        label: t('palette.openTicket', { number: wanted }),
        also: '',
        run: () => void router.push({ name: 'ticket', params: { number: wanted } }),
      },
    ]
  }

  /** What may be meant if nothing else is. */
  function searching(typed: string): Command[] {
    const words = typed.trim()
    if (!words || !session.may('ticket.list')) return []
    return [
      {
        key: 'search',
        kind: 'search',
        label: t('palette.searchTickets', { words }),
        also: '',
        run: () => void router.push({ name: 'tickets', query: { view: 'all', q: words } }),
      },
    ]
  }

  return { fixed, numbered, searching }
}
