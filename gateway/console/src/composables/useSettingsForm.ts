/** Settings that are edited and saved as one. */
import { computed, type Ref, ref, shallowRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { onBeforeRouteLeave } from 'vue-router'

import { asProblem, type Problem } from '@/api/problem'

import { useConfirm } from './useConfirm'
import { useProblems } from './useProblems'
import { useSubmission } from './useSubmission'

export function useSettingsForm<T extends { version: number }>(
  get: () => Promise<T>,
  change: (key: string, version: number, changes: Omit<T, 'version'>) => Promise<T>,
) {
  const { t } = useI18n()
  const { tellSuccess } = useProblems()
  const { isBusy, problem, send } = useSubmission()
  const saved = shallowRef<T | null>(null)
  const form = ref(null) as Ref<T | null>
  const loadProblem = shallowRef<Problem | null>(null)
  const isChanged = computed(() => JSON.stringify(form.value) !== JSON.stringify(saved.value))

  void load()

  async function load(): Promise<void> {
    problem.value = loadProblem.value = null
    try {
      show(await get())
    } catch (error) {
      loadProblem.value = asProblem(error)
    }
  }

  /** What is changed while it is being sent stays, as a change that is not saved yet. */
  function show(settings: T, sent?: string): void {
    saved.value = settings
    if (sent === undefined || JSON.stringify(form.value) === sent) {
      form.value = structuredClone(settings)
    } else {
      form.value!.version = settings.version
    }
  }

  /** The settings as they are now; null where a problem is to be shown. */
  async function save(): Promise<T | null> {
    const { version, ...changes } = form.value!
    const sent = JSON.stringify(form.value)
    const settings = await send([version, changes], (key) => change(key, version, changes))
    if (!settings) return null
    show(settings, sent)
    tellSuccess(t('settings.saved'))
    return settings
  }

  return { form, isBusy, isChanged, problem, loadProblem, load, save }
}

/** Asks before the page is left while something on it is not saved. */
export function useLeaveQuestion(isUnsaved: () => boolean): void {
  const { t } = useI18n()
  const confirm = useConfirm()
  onBeforeRouteLeave(
    () =>
      !isUnsaved() ||
      confirm(
        t('surveySettings.leaveTitle'),
        t('surveySettings.leaveText'),
        t('surveySettings.leave'),
      ),
  )
}
