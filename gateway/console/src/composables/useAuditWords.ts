/** Names of actions, objects and outcomes; what has no words yet is told by its key. */
import { useI18n } from 'vue-i18n'

import type { AuditEntry } from '@/api/audit'

import { useWords } from './useWords'

/** Where the values of a field have their words. */
const VALUES: Readonly<Record<string, string>> = {
  status: 'auditStatus',
  urgency: 'urgency',
  kind: 'kind',
  channel: 'channel',
  ticket_scope: 'scope',
  method: 'sessions.method',
  source: 'noun',
  language: 'auditLanguage',
}
const LISTS_OF_PERMISSIONS = new Set(['permissions', 'gained'])

export function useAuditWords() {
  const { t, te, tm } = useI18n()
  const { field, roleName } = useWords()
  const word = (group: string) => (key: string) =>
    te(`${group}.${key}`) ? t(`${group}.${key}`) : key

  const action = word('auditAction')
  const kind = word('auditObject')
  const permission = word('permission')

  /** A permission, or what else of a role has grown: `ticket_scope=all`. */
  function right(told: string): string {
    const [name, grown] = told.split('=') as [string, string?]
    if (grown === undefined) return permission(name)
    return t('alerts.fact', { name: field(name), value: value(name, grown) })
  }

  /** A value of a field in words where it has some: `solved`, `agent`, `ticket.read, …`. */
  function value(name: string, told: string): string {
    if (name === 'role') return roleName({ role: told })
    if (LISTS_OF_PERMISSIONS.has(name)) return told.split(', ').map(right).join('、')
    if (name === 'kind' && te(`auditActor.${told}`)) return t(`auditActor.${told}`)
    const group = VALUES[name]
    return group ? word(group)(told) : told
  }

  /** Why something was refused, with the code that support may ask for. */
  function refusal(code: string): string {
    return te(`problem.${code}`) ? `${t(`problem.${code}`)} (${code})` : code
  }

  function actor(entry: AuditEntry): string {
    return entry.actor_name || entry.actor_login || t('audit.nobody')
  }

  /** Login and role, or what stands in their place. */
  function actorFacts(entry: AuditEntry): string {
    const login = entry.actor_name && entry.actor_kind !== 'customer' ? entry.actor_login : null
    const role = entry.role ? roleName({ role: entry.role }) : t(`auditActor.${entry.actor_kind}`)
    return [login, role].filter(Boolean).join(' · ')
  }

  /** Every action that has words, for choosing one: [key, words]. */
  function actions(): [string, string][] {
    const found = pathsOf(tm('auditAction') as Catalogue)
    return found
      .map((key): [string, string] => [key, action(key)])
      .sort(([, left], [, right]) => left.localeCompare(right))
  }

  return { action, actions, actor, actorFacts, kind, refusal, value }
}

interface Catalogue {
  [key: string]: unknown
}

/** `session.opened` for words that stand in a section of a section. */
function pathsOf(catalogue: Catalogue, prefix = ''): string[] {
  return Object.entries(catalogue).flatMap(([key, value]) =>
    isSection(value) ? pathsOf(value, `${prefix}${key}.`) : [prefix + key],
  )
}

function isSection(value: unknown): value is Catalogue {
  return typeof value === 'object' && value !== null
}
