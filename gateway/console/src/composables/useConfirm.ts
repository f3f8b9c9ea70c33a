/** Asks before what cannot simply be taken back. */
import 'element-plus/es/components/message-box/style/css'

import { ElMessageBox } from 'element-plus/es/components/message-box/index'
import { useI18n } from 'vue-i18n'

export function useConfirm() {
  const { t } = useI18n()

  return async function confirm(title: string, text: string, button: string): Promise<boolean> {
    try {
      await ElMessageBox.confirm(text, title, {
        type: 'warning',
        confirmButtonText: button,
        cancelButtonText: t('action.cancel'),
        confirmButtonClass: 'confirm-yes',
      })
      return true
    } catch {
      return false
    }
  }
}
