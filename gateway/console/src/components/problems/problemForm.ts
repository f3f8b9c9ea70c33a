/** A problem record as it is being written, and what of it has to be sent. */
import type { ProblemChanges, ProblemStatus } from '@/api/problemRecords'

/** An empty text stands for none. */
export interface ProblemForm {
  title: string
  description: string
  status: ProblemStatus
  workaround: string
  solution: string
  owner_id: string
  group_id: string
}

const NEEDED = new Set(['title', 'description', 'status'])

/** What differs from the old one; of a new one whatever is filled in, and its owner in any case. */
export function problemChanges(old: ProblemForm | null, form: ProblemForm): ProblemChanges {
  const names = Object.keys(form) as (keyof ProblemForm)[]
  const given = names.map((name) => [name, form[name].trim()] as const)
  const wanted = given.filter(([name, value]) =>
    old ? value !== old[name].trim() : value !== '' || name === 'owner_id',
  )
  return Object.fromEntries(
    wanted.map(([name, value]) => [name, value === '' && !NEEDED.has(name) ? null : value]),
  )
}
