/** Other systems that are told of events, and the log of telling them. */
import { api, take } from './client'
import type { components, operations } from './schema'

type Schemas = components['schemas']

export type Webhook = Schemas['Webhook']
export type NewWebhook = Schemas['NewWebhook']
export type WebhookWithSecret = Schemas['WebhookWithSecret']
export type WebhookDelivery = Schemas['WebhookDelivery']
export type EventType = Schemas['PublicEventType']
export type WebhookLogQuery = NonNullable<
  operations['list_webhook_deliveries']['parameters']['query']
>

export const LOG_STATUSES = ['waiting', 'sending', 'sent', 'failed', 'dropped'] as const

const withKey = (key: string) => ({ 'Idempotency-Key': key })
const edit = (key: string, version: number) => ({ ...withKey(key), 'If-Match': `"${version}"` })
const of = ({ webhook_id }: Pick<Webhook, 'webhook_id'>) => ({ webhook_id })
const versioned = (key: string, webhook: Webhook) => ({
  params: { path: of(webhook), header: edit(key, webhook.version) },
})

export const listEventTypes = () => take(api.GET('/api/v1/event-types'))

export const listWebhooks = () => take(api.GET('/api/v1/webhooks'))

export const getWebhook = (webhookId: string): Promise<Webhook> =>
  take(api.GET('/api/v1/webhooks/{webhook_id}', { params: { path: { webhook_id: webhookId } } }))

export const createWebhook = (key: string, body: NewWebhook): Promise<WebhookWithSecret> =>
  take(api.POST('/api/v1/webhooks', { params: { header: withKey(key) }, body }))

export const replaceWebhook = (key: string, webhook: Webhook, body: NewWebhook): Promise<Webhook> =>
  take(api.PUT('/api/v1/webhooks/{webhook_id}', { ...versioned(key, webhook), body }))

export const removeWebhook = (key: string, webhook: Webhook) =>
  take(api.DELETE('/api/v1/webhooks/{webhook_id}', versioned(key, webhook)))

export const rotateSecret = (key: string, webhook: Webhook): Promise<WebhookWithSecret> =>
  take(api.POST('/api/v1/webhooks/{webhook_id}/rotate-secret', versioned(key, webhook)))

export const enableWebhook = (key: string, webhook: Webhook): Promise<Webhook> =>
  take(api.POST('/api/v1/webhooks/{webhook_id}/enable', versioned(key, webhook)))

export const testWebhook = (key: string, webhook: Webhook) =>
  take(
    api.POST('/api/v1/webhooks/{webhook_id}/test', {
      params: { path: of(webhook), header: withKey(key) },
    }),
  )

export const listWebhookLog = (webhookId: string, query: WebhookLogQuery) =>
  take(
    api.GET('/api/v1/webhooks/{webhook_id}/deliveries', {
      params: { path: { webhook_id: webhookId }, query },
    }),
  )

const ofDelivery = (webhookId: string, { delivery_id }: WebhookDelivery) => ({
  webhook_id: webhookId,
  delivery_id,
})

export const getWebhookDelivery = (webhookId: string, one: WebhookDelivery) =>
  take(
    api.GET('/api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}', {
      params: { path: ofDelivery(webhookId, one) },
    }),
  )

export const replayDelivery = (key: string, webhookId: string, one: WebhookDelivery) =>
  take(
    api.POST('/api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/replay', {
      params: { path: ofDelivery(webhookId, one), header: withKey(key) },
    }),
  )

export const replayRange = (key: string, webhookId: string, body: Schemas['WebhookReplay']) =>
  take(
    api.POST('/api/v1/webhooks/{webhook_id}/replays', {
      params: { path: { webhook_id: webhookId }, header: withKey(key) },
      body,
    }),
  )
