/** What the form of an account holds, and what of it is sent. */
import type { Account, AccountChanges, NewAccount } from '@/api/people'

export interface AccountForm {
  login: string
  name: string
  role: string
  department_id: string | null
  region_id: string | null
  groups: string[]
  /** Those of the groups that the person leads. */
  leads: string[]
  title: string
  extension: string
  email: string
  phone: string
  language: 'zh' | 'en'
  zone: string
}

export function formOf(account: Account | null): AccountForm {
  return {
    login: account?.login ?? '',
    name: account?.name ?? '',
    role: account?.role ?? 'agent',
    department_id: account?.department?.department_id ?? null,
    region_id: account?.region?.region_id ?? null,
    groups: account?.groups.map((group) => group.group_id) ?? [],
    leads: account?.groups.filter((group) => group.is_lead).map((group) => group.group_id) ?? [],
    title: account?.title ?? '',
    extension: account?.extension ?? '',
    email: account?.email ?? '',
    phone: account?.phone ?? '',
    language: account?.language === 'en' ? 'en' : 'zh',
    zone: account?.zone ?? '',
  }
}

export function bodyOf(form: AccountForm): NewAccount {
  const filled = (text: string) => text.trim() || null
  return {
    login: form.login.trim(),
    name: form.name.trim(),
    role: form.role,
    department_id: form.department_id,
    region_id: form.region_id,
    groups: form.groups.map((id) => ({ group_id: id, is_lead: form.leads.includes(id) })),
    title: filled(form.title),
    extension: filled(form.extension),
    email: filled(form.email),
    phone: filled(form.phone),
    language: form.language,
    zone: filled(form.zone),
  }
}

/** Only what differs: somebody may be allowed to change a name and not to give a role. */
export function changesOf(account: Account, form: AccountForm): AccountChanges {
  const before = bodyOf(formOf(account))
  const changed = Object.entries(bodyOf(form)).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name as keyof NewAccount]),
  )
  return Object.fromEntries(changed)
}
