/** A ticket that does not exist, to try rules on; what is left empty is not said of it. */
import type { Sample } from '@/api/dispatch'
import type { Kind, Urgency } from '@/api/types'

export interface SampleForm {
  kind: Kind | ''
  urgency: Urgency
  channel: string
  subject: string
  tags: string[]
  tier: string
  language: string
  group_id: string
}

export const FRESH_SAMPLE: SampleForm = {
  kind: 'repair',
  urgency: 'normal',
  channel: 'web_form',
  subject: '',
  tags: [],
  tier: '',
  language: '',
  group_id: '',
}

export function sampleOf(form: SampleForm): Sample {
  const { kind, subject, tags, tier, language, group_id } = form
  return {
    urgency: form.urgency,
    channel: form.channel,
    ...(kind ? { kind } : {}),
    ...(subject.trim() ? { subject: subject.trim() } : {}),
    ...(tags.length ? { tags } : {}),
    ...(tier.trim() ? { tier: tier.trim() } : {}),
    ...(language.trim() ? { language: language.trim() } : {}),
    ...(group_id ? { group_id } : {}),
  }
}
