/** What forms about people choose from: departments, regions, groups and roles. */
import { shallowRef } from 'vue'

import { type Group, listGroups, listUnits, type Unit } from '@/api/organisation'
import { type GrantableRole, listAccountRoles } from '@/api/people'
import { useSession } from '@/stores/session'

import { useProblems } from './useProblems'

/** As people count: those who talk to customers first, the customers' own last. */
const ORDER = [
  'agent',
  'supervisor',
  'technician',
  'administrative',
  'field_engineer',
  'employee',
  'auditor',
  'administrator',
]

export function useDirectory() {
  const session = useSession()
  const { tell } = useProblems()
  const departments = shallowRef<Unit[]>([])
  const regions = shallowRef<Unit[]>([])
  const groups = shallowRef<Group[]>([])
  const roles = shallowRef<GrantableRole[]>([])

  async function loadUnits(): Promise<void> {
    if (!session.may('organisation.read')) return
    const pages = await Promise.all([listUnits('departments'), listUnits('regions'), listGroups()])
    departments.value = pages[0].items
    regions.value = pages[1].items
    groups.value = pages[2].items
  }

  async function load(): Promise<void> {
    try {
      await Promise.all([
        loadUnits(),
        listAccountRoles().then((page) => (roles.value = page.items.sort(inOrder))),
      ])
    } catch (error) {
      tell(error)
    }
  }

  return { departments, regions, groups, roles, load }
}

export type Directory = ReturnType<typeof useDirectory>

function inOrder(one: GrantableRole, other: GrantableRole): number {
  return place(one.role) - place(other.role)
}

function place(role: string): number {
  const found = ORDER.indexOf(role)
  return found < 0 ? ORDER.length : found
}
