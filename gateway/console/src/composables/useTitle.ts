/** The browser's title of a page that is named by what it shows (`meta.isTitledByPage`). */
import { watchEffect } from 'vue'
import { useI18n } from 'vue-i18n'

export function useTitle(title: () => string | undefined): void {
  const { t } = useI18n()
  watchEffect(() => {
    document.title = [title(), t('product')].filter(Boolean).join(' · ')
  })
}
