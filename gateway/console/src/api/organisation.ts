/** Departments, regions, groups and brands. */
import { api, take } from './client'
import type { components } from './schema'

type Schemas = components['schemas']

export type Group = Schemas['Group']
export type GroupDetail = Schemas['GroupDetail']
export type GroupMember = Schemas['GroupMember']
export type NewGroup = Schemas['NewGroup']
export type Brand = Schemas['Brand']
export type NewUnit = Schemas['NewUnit']

/** A department or a region, which differ in the name of their id only. */
export interface Unit {
  id: string
  parent_id: string | null
  name: string
  position: number
  is_active: boolean
  child_count: number
  person_count: number
  group_count: number
  version: number
}

const UNIT_KINDS = ['departments', 'regions'] as const
export type UnitKind = (typeof UNIT_KINDS)[number]

const withKey = (key: string) => ({ 'Idempotency-Key': key })
const edit = (key: string, version: number) => ({ ...withKey(key), 'If-Match': `"${version}"` })

function asUnit(found: Schemas['Department'] | Schemas['Region']): Unit {
  const id = 'department_id' in found ? found.department_id : found.region_id
  return { ...found, id }
}

export async function listUnits(kind: UnitKind, withInactive = false): Promise<{ items: Unit[] }> {
  const query = { include_inactive: withInactive }
  const page =
    kind === 'departments'
      ? await take(api.GET('/api/v1/departments', { params: { query } }))
      : await take(api.GET('/api/v1/regions', { params: { query } }))
  return { items: page.items.map(asUnit) }
}

export async function createUnit(key: string, kind: UnitKind, body: NewUnit): Promise<Unit> {
  const options = { params: { header: withKey(key) }, body }
  return asUnit(
    kind === 'departments'
      ? await take(api.POST('/api/v1/departments', options))
      : await take(api.POST('/api/v1/regions', options)),
  )
}

export async function changeUnit(
  key: string,
  kind: UnitKind,
  unit: Unit,
  body: Schemas['UnitChanges'],
): Promise<Unit> {
  const header = edit(key, unit.version)
  return asUnit(
    kind === 'departments'
      ? await take(
          api.PATCH('/api/v1/departments/{department_id}', {
            params: { path: { department_id: unit.id }, header },
            body,
          }),
        )
      : await take(
          api.PATCH('/api/v1/regions/{region_id}', {
            params: { path: { region_id: unit.id }, header },
            body,
          }),
        ),
  )
}

export async function switchUnit(
  key: string,
  kind: UnitKind,
  unit: Unit,
  isActive: boolean,
): Promise<Unit> {
  const [header, body] = [withKey(key), { is_active: isActive }]
  return asUnit(
    kind === 'departments'
      ? await take(
          api.PUT('/api/v1/departments/{department_id}/activity', {
            params: { path: { department_id: unit.id }, header },
            body,
          }),
        )
      : await take(
          api.PUT('/api/v1/regions/{region_id}/activity', {
            params: { path: { region_id: unit.id }, header },
            body,
          }),
        ),
  )
}

export const listGroups = (withInactive = false) =>
  take(api.GET('/api/v1/groups', { params: { query: { include_inactive: withInactive } } }))

const ofGroup = ({ group_id }: { group_id: string }) => ({ group_id })

export const getGroup = (groupId: string) =>
  take(api.GET('/api/v1/groups/{group_id}', { params: { path: { group_id: groupId } } }))

export const createGroup = (key: string, body: NewGroup) =>
  take(api.POST('/api/v1/groups', { params: { header: withKey(key) }, body }))

export const changeGroup = (key: string, group: Group, body: Schemas['GroupChanges']) =>
  take(
    api.PATCH('/api/v1/groups/{group_id}', {
      params: { path: ofGroup(group), header: edit(key, group.version) },
      body,
    }),
  )

export const setMembers = (
  key: string,
  group: Group,
  members: { person_id: string; is_lead: boolean }[],
) =>
  take(
    api.PUT('/api/v1/groups/{group_id}/members', {
      params: { path: ofGroup(group), header: edit(key, group.version) },
      body: { members },
    }),
  )

export const switchGroup = (key: string, group: Group, isActive: boolean) =>
  take(
    api.PUT('/api/v1/groups/{group_id}/activity', {
      params: { path: ofGroup(group), header: withKey(key) },
      // The console has asked already.
      body: { is_active: isActive, despite_members: true },
    }),
  )

export const listBrands = (withInactive = false) =>
  take(api.GET('/api/v1/brands', { params: { query: { include_inactive: withInactive } } }))

export const createBrand = (key: string, body: Schemas['NewBrand']) =>
  take(api.POST('/api/v1/brands', { params: { header: withKey(key) }, body }))

export const changeBrand = (key: string, brand: Brand, name: string) =>
  take(
    api.PATCH('/api/v1/brands/{brand_id}', {
      params: { path: { brand_id: brand.brand_id }, header: edit(key, brand.version) },
      body: { name },
    }),
  )

export const switchBrand = (key: string, brand: Brand, isActive: boolean) =>
  take(
    api.PUT('/api/v1/brands/{brand_id}/activity', {
      params: { path: { brand_id: brand.brand_id }, header: withKey(key) },
      body: { is_active: isActive },
    }),
  )
