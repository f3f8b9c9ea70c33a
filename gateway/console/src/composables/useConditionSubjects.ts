/** What conditions below may speak of: all there is, unless a page narrows it. */
import { inject, type InjectionKey, provide } from 'vue'

import type { ConditionField } from '@/api/conditions'
import { useConditionFields } from '@/stores/conditionFields'

export interface ConditionSubjects {
  readonly items: readonly ConditionField[]
  readonly names: ReadonlyMap<string, string>
  load(): Promise<void>
  entry(name: string): ConditionField | undefined
  label(name: string): string
}

const SUBJECTS: InjectionKey<ConditionSubjects> = Symbol('subjects of conditions')

export function provideConditionSubjects(subjects: ConditionSubjects): void {
  provide(SUBJECTS, subjects)
}

export function useConditionSubjects(): ConditionSubjects {
  return inject(SUBJECTS, () => useConditionFields(), true)
}
