/** Notices in the reader's words: channels, occasions, whom a rule tells, why nobody was told. */
import { useI18n } from 'vue-i18n'

import type { Recipient } from '@/api/conditions'
import type { Occasion } from '@/api/notifications'
import { deliveryError } from '@/format/deliveryErrors'
import { inLanguage } from '@/stores/conditionFields'

import { useWords } from './useWords'

export function useNoticeWords() {
  const { t, te } = useI18n()
  const { roleName } = useWords()
  const word = (group: string) => (key: string) =>
    te(`${group}.${key}`) ? t(`${group}.${key}`) : key

  function occasion(occasions: readonly Occasion[], key: string): string {
    const known = occasions.find((one) => one.key === key)
    return known ? inLanguage(known.label) : key
  }

  function whom({ to, title, role }: Recipient): string {
    if (to === 'title') return title ?? ''
    return to === 'role' ? roleName({ role: role ?? '' }) : t(`rules.to.${to}`)
  }

  /** Why a message did not come: our own reasons in words, a provider's as it gave them. */
  function failure(text: string): string {
    const key = deliveryError(text)
    return key ? t(`deliveryError.${key}`) : text
  }

  const channel = word('noticeChannel')
  return {
    channel,
    textChannel: word('textChannel'),
    audience: word('noticeAudience'),
    occasion,
    failure,
    channels: (keys: readonly string[]) => keys.map(channel).join(t('rules.comma')),
    recipients: (all: readonly Recipient[]) => all.map(whom).join(t('rules.comma')),
  }
}
