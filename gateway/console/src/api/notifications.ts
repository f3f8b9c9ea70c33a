/** Who is told what, in which words, and what became of it: the REST interface of notices. */
import { api, take } from './client'
import type { components, operations } from './schema'

type Schemas = components['schemas']

export type NotificationRule = Schemas['NotificationRule']
export type NewNotificationRule = Schemas['NewNotificationRule']
export type NotificationTrial = Schemas['NotificationTrial']
export type TrialResult = Schemas['NotificationTrialResult']
export type ToldRecipient = Schemas['ToldRecipient']
export type Occasion = Schemas['NotificationOccasion']
export type NamedGroup = Schemas['NamedGroup']
export type ShippedText = Schemas['ShippedText']
export type OwnText = Schemas['NotificationTemplate']
export type NewText = Schemas['NewNotificationTemplate']
export type TextPreview = Schemas['TemplatePreview']
export type TextPreviewed = Schemas['TemplatePreviewed']
export type Delivery = Schemas['Delivery']
export type DeliveryQuery = NonNullable<operations['search_deliveries']['parameters']['query']>
export type Robot = Schemas['NotificationEndpoint']
export type NewRobot = Schemas['NewNotificationEndpoint']
export type ChangedRobot = Schemas['ChangedNotificationEndpoint']
export type RobotTried = Schemas['EndpointTried']

export type Audience = NotificationRule['audience']
export type TextChannel = NewText['channel']
export type TextLanguage = NewText['language']

export const AUDIENCES = ['customer', 'staff'] as const
export const DELIVERED = ['mail', 'sms', 'wecom_app', 'dingtalk_robot', 'wecom_robot'] as const
export const STATUSES = ['waiting', 'sending', 'sent', 'failed', 'skipped', 'unknown'] as const
export const ROBOT_KINDS = ['dingtalk_robot', 'wecom_robot'] as const
/** What may be sent once more by hand. */
export const RESENDABLE: readonly string[] = ['failed', 'unknown']

const withKey = (key: string) => ({ 'Idempotency-Key': key })
const edit = (key: string, version: number) => ({ ...withKey(key), 'If-Match': `"${version}"` })
const ofRule = ({ rule_id }: NotificationRule) => ({ rule_id })
const ofText = ({ template_id }: OwnText) => ({ template_id })
const ofRobot = ({ endpoint_id }: Robot) => ({ endpoint_id })

export const listOccasions = () => take(api.GET('/api/v1/notification-occasions'))

export const listNotificationRules = () => take(api.GET('/api/v1/notification-rules'))

export const createNotificationRule = (
  key: string,
  body: NewNotificationRule,
): Promise<NotificationRule> =>
  take(api.POST('/api/v1/notification-rules', { params: { header: withKey(key) }, body }))

export const replaceNotificationRule = (
  key: string,
  rule: NotificationRule,
  body: NewNotificationRule,
): Promise<NotificationRule> =>
  take(
    api.PUT('/api/v1/notification-rules/{rule_id}', {
      params: { path: ofRule(rule), header: edit(key, rule.version) },
      body,
    }),
  )

export const removeNotificationRule = (key: string, rule: NotificationRule) =>
  take(
    api.DELETE('/api/v1/notification-rules/{rule_id}', {
      params: { path: ofRule(rule), header: edit(key, rule.version) },
    }),
  )

export const orderNotificationRules = (key: string, ruleIds: string[]) =>
  take(
    api.PUT('/api/v1/notification-rules/order', {
      params: { header: withKey(key) },
      body: { rule_ids: ruleIds },
    }),
  )

export const tryNotificationRules = (body: NotificationTrial): Promise<TrialResult> =>
  take(api.POST('/api/v1/notification-rules/trials', { body }))

export const listTexts = () => take(api.GET('/api/v1/notification-templates'))

export const createText = (key: string, body: NewText): Promise<OwnText> =>
  take(api.POST('/api/v1/notification-templates', { params: { header: withKey(key) }, body }))

export const replaceText = (key: string, text: OwnText, body: NewText): Promise<OwnText> =>
  take(
    api.PUT('/api/v1/notification-templates/{template_id}', {
      params: { path: ofText(text), header: edit(key, text.version) },
      body,
    }),
  )

export const removeText = (key: string, text: OwnText) =>
  take(
    api.DELETE('/api/v1/notification-templates/{template_id}', {
      params: { path: ofText(text), header: edit(key, text.version) },
    }),
  )

export const previewText = (body: TextPreview): Promise<TextPreviewed> =>
  take(api.POST('/api/v1/notification-templates/previews', { body }))

export const searchDeliveries = (query: DeliveryQuery) =>
  take(api.GET('/api/v1/deliveries', { params: { query } }))

export const resendDelivery = (key: string, { delivery_id }: Delivery) =>
  take(
    api.POST('/api/v1/deliveries/{delivery_id}/resend', {
      params: { path: { delivery_id }, header: withKey(key) },
    }),
  )

export const listRobots = () => take(api.GET('/api/v1/notification-endpoints'))

export const createRobot = (key: string, body: NewRobot): Promise<Robot> =>
  take(api.POST('/api/v1/notification-endpoints', { params: { header: withKey(key) }, body }))

export const replaceRobot = (key: string, robot: Robot, body: ChangedRobot): Promise<Robot> =>
  take(
    api.PUT('/api/v1/notification-endpoints/{endpoint_id}', {
      params: { path: ofRobot(robot), header: edit(key, robot.version) },
      body,
    }),
  )

export const removeRobot = (key: string, robot: Robot) =>
  take(
    api.DELETE('/api/v1/notification-endpoints/{endpoint_id}', {
      params: { path: ofRobot(robot), header: edit(key, robot.version) },
    }),
  )

export const testRobot = (key: string, robot: Robot, language: TextLanguage): Promise<RobotTried> =>
  take(
    api.POST('/api/v1/notification-endpoints/{endpoint_id}/test', {
      params: { path: ofRobot(robot), header: withKey(key) },
      body: { language },
    }),
  )
