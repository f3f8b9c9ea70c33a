/** Effort in words: minutes, or hours and minutes. */
import { useI18n } from 'vue-i18n'

const HOUR = 60

export function useMinutes() {
  const { t } = useI18n()

  return (minutes: number): string => {
    const [hours, rest] = [Math.floor(minutes / HOUR), minutes % HOUR]
    if (!hours) return t('effort.onlyMinutes', { minutes: rest })
    return rest ? t('effort.hoursMinutes', { hours, minutes: rest }) : t('effort.hours', { hours })
  }
}
