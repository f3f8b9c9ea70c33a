/** Problems in the reader's words. */
import 'element-plus/es/components/message/style/css'

import { ElMessage } from 'element-plus/es/components/message/index'
import { useI18n } from 'vue-i18n'

import { asProblem } from '@/api/problem'

export function useProblems() {
  const { t, te } = useI18n()

  /** The code's own words, else the status's, else what the gateway says. */
  function words(error: unknown): string {
    const problem = asProblem(error)
    if (te(`problem.${problem.code}`)) return t(`problem.${problem.code}`)
    const fields = Object.entries(problem.errors)
    if (fields.length) return fields.map(fieldWords).join('\n')
    if (te(`problem.http.${problem.status}`)) return t(`problem.http.${problem.status}`)
    return t('problem.other', { detail: problem.detail })
  }

  function fieldWords([field, texts]: [string, string[]]): string {
    // An item of a list, such as `allowed_networks.0`, is named by its list.
    const list = field.replace(/\.\d+$/, '')
    const name = te(`field.${list}`) ? t(`field.${list}`) : field
    return t('problem.field', { name, text: [texts].flat().join('; ') })
  }

  function tell(error: unknown): void {
    ElMessage.error({ message: words(error), duration: 6000, grouping: true, showClose: true })
  }

  function tellSuccess(message: string): void {
    ElMessage.success({ message, grouping: true })
  }

  function tellWarning(message: string): void {
    ElMessage.warning({ message, duration: 6000, grouping: true })
  }

  return { words, tell, tellSuccess, tellWarning }
}
