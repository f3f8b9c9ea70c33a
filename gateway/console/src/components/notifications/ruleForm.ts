/** A rule of notices as it is edited: what the server answers, and what is sent back. */
import type { Condition, Recipient } from '@/api/conditions'
import type { NewNotificationRule, NotificationRule, Occasion } from '@/api/notifications'

export interface RuleForm extends Omit<
  Required<NewNotificationRule>,
  'condition' | 'recipients' | 'channels'
> {
  condition: Condition
  recipients: Recipient[]
  channels: string[]
}

const FRESH: RuleForm = {
  name: '',
  occasion: '',
  audience: 'staff',
  recipients: [],
  channels: ['in_app'],
  all_channels: false,
  condition: { all: [] },
  template_key: null,
  endpoint_ids: [],
  is_urgent: false,
  is_active: true,
}

const EVERY: Condition = { all: [] }

export function formOf(rule: NotificationRule | null, occasion?: Occasion): RuleForm {
  if (!rule) return occasion ? withOccasion({ ...FRESH }, occasion) : { ...FRESH }
  const { rule_id: _id, position: _place, is_shipped: _shipped, version: _version, ...form } = rule
  return {
    ...form,
    condition: Object.keys(rule.condition).length ? (rule.condition as Condition) : EVERY,
    recipients: rule.recipients as unknown as Recipient[],
  }
}

/** Another occasion: who may be told of it, and on which channels. */
export function withOccasion(form: RuleForm, occasion: Occasion): RuleForm {
  const audience = occasion.audiences.includes(form.audience)
    ? form.audience
    : occasion.audiences[0]!
  return withAudience({ ...form, occasion: occasion.key, template_key: null }, audience, occasion)
}

export function withAudience(
  form: RuleForm,
  audience: RuleForm['audience'],
  occasion: Occasion,
): RuleForm {
  const offered = occasion.channels[audience] ?? []
  const kept = form.channels.filter((one) => offered.includes(one))
  const isForStaff = audience === 'staff'
  return {
    ...form,
    audience,
    channels: kept.length ? kept : offered.slice(0, 1),
    recipients: isForStaff ? form.recipients : [],
    endpoint_ids: isForStaff ? form.endpoint_ids : [],
    all_channels: isForStaff ? false : form.all_channels,
    template_key: audience === form.audience ? form.template_key : null,
  }
}

export function bodyOf(form: RuleForm): NewNotificationRule {
  return {
    ...form,
    name: form.name.trim(),
    condition: form.condition as NewNotificationRule['condition'],
    channels: form.channels as NewNotificationRule['channels'],
  }
}

export function isComplete(form: RuleForm): boolean {
  return !!form.name.trim() && !!form.occasion
}
