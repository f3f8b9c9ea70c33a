"""Webhooks and robots over RPC."""

from typing import Any

from libs.common.audit_answers import changed, made, removed
from libs.common.bus.call import Call
from libs.common.bus.rpc import command, query
from services.notify.domain.webhooks import DeliveryStatus
from services.notify.queries import webhooks as shown
from services.notify.service import arguments as args
from services.notify.service.answers import without_path
from services.notify.service.provide_channels import ChannelDeskProvider
from services.notify.use_cases import edit_endpoints, edit_webhooks, replay_webhooks

Json = dict[str, Any]


class WebhookCalls:
    """Whoever has a webhook hears of all tickets: `webhook.manage` is not for everybody."""

    channel_desk = ChannelDeskProvider()

    @query("webhook.read")
    def list_webhooks(self, call: Call) -> Json:
        """All, by name."""
        return shown.list_webhooks(call.uow.session)

    @query("webhook.read")
    def get_webhook(self, call: Call, *, webhook_id: str) -> Json:
        """One."""
        return shown.get_webhook(call.uow.session, args.id_of("webhook_id", webhook_id))

    @query("webhook.read")
    def list_webhook_deliveries(
        self,
        call: Call,
        *,
        webhook_id: str,
        status: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Json:
        """What it was told, the newest first."""
        return shown.list_webhook_deliveries(
            call.uow.session,
            args.id_of("webhook_id", webhook_id),
            status=None if status is None else args.choice_of("status", DeliveryStatus, status),
            cursor=cursor,
            limit=args.limit_of(limit, shown.MAX_DELIVERIES),
        )

    @query("webhook.read")
    def get_webhook_delivery(self, call: Call, *, webhook_id: str, delivery_id: str) -> Json:
        """One, with the event as it is sent."""
        return shown.get_webhook_delivery(
            call.uow.session,
            args.id_of("webhook_id", webhook_id),
            args.id_of("delivery_id", delivery_id),
        )

    @command("webhook.manage")
    def create_webhook(self, call: Call, *, values: Json) -> Json:
        """A new one, with its secret."""
        webhook, secret = edit_webhooks.create_webhook(
            call.uow, self.channel_desk, call.now, call.actor.subject, args.values_of(values)
        )
        answer = without_path(made("webhook_id", shown.show_webhook(webhook)))
        return answer | {"secret": secret}

    @command("webhook.manage")
    def replace_webhook(
        self, call: Call, *, webhook_id: str, values: Json, version: int | None = None
    ) -> Json:
        """The whole webhook anew but for its secret."""
        before, after = edit_webhooks.replace_webhook(
            call.uow,
            self.channel_desk,
            call.now,
            args.id_of("webhook_id", webhook_id),
            args.version_of(version),
            args.values_of(values),
        )
        was, now = shown.show_webhook(before), shown.show_webhook(after)
        return without_path(changed("webhook_id", was, now))

    @command("webhook.manage")
    def remove_webhook(self, call: Call, *, webhook_id: str, version: int | None = None) -> Json:
        """It hears nothing more."""
        found = args.id_of("webhook_id", webhook_id)
        before = edit_webhooks.remove_webhook(call.uow, found, args.version_of(version))
        return without_path(removed("webhook_id", shown.show_webhook(before)))

    @command("webhook.manage")
    def enable_webhook(self, call: Call, *, webhook_id: str, version: int | None = None) -> Json:
        """On again."""
        found = args.id_of("webhook_id", webhook_id)
        before, after = edit_webhooks.enable_webhook(
            call.uow, call.now, found, args.version_of(version)
        )
        return changed("webhook_id", shown.show_webhook(before), shown.show_webhook(after))

    @command("webhook.manage")
    def rotate_webhook_secret(
        self, call: Call, *, webhook_id: str, version: int | None = None
    ) -> Json:
        """A new secret; the one before is good for a day."""
        found = args.id_of("webhook_id", webhook_id)
        webhook, secret = edit_webhooks.rotate_webhook_secret(
            call.uow, self.channel_desk, call.now, found, args.version_of(version)
        )
        audit = {"object": str(found), "before": {}, "after": {"name": webhook.name}}
        return shown.show_webhook(webhook) | {"secret": secret, "audit": audit}

    @command("webhook.manage")
    def ping_webhook(self, call: Call, *, webhook_id: str) -> Json:
        """Queue a test; the log tells how it went."""
        found = args.id_of("webhook_id", webhook_id)
        delivery_id = edit_webhooks.ping_webhook(call.uow, call.now, found)
        return {"delivery_id": str(delivery_id)}

    @command("webhook.manage")
    def replay_webhook_delivery(self, call: Call, *, webhook_id: str, delivery_id: str) -> Json:
        """Once more."""
        webhook, row = replay_webhooks.replay_delivery(
            call.uow,
            call.now,
            args.id_of("webhook_id", webhook_id),
            args.id_of("delivery_id", delivery_id),
        )
        after = {"name": webhook.name, "type": row.type, "event_id": str(row.event_id)}
        audit = {"object": webhook_id, "before": {}, "after": after}
        return shown.show_delivery(row) | {"audit": audit}

    @command("webhook.manage")
    def replay_webhook_deliveries(
        self, call: Call, *, webhook_id: str, start: str, end: str
    ) -> Json:
        """All of a time range once more."""
        webhook, count = replay_webhooks.replay_deliveries(
            call.uow,
            call.now,
            args.id_of("webhook_id", webhook_id),
            args.instant_of("from", start),
            args.instant_of("until", end),
        )
        after = {"name": webhook.name, "from": start, "until": end, "count": count}
        return {"count": count, "audit": {"object": webhook_id, "before": {}, "after": after}}


class EndpointCalls:
    """Robots in group chats."""

    channel_desk = ChannelDeskProvider()

    @query("notification.read")
    def list_endpoints(self, call: Call) -> Json:
        """All robots, by name."""
        return shown.list_endpoints(call.uow.session, self.channel_desk.keys)

    @command("notification.manage")
    def create_endpoint(self, call: Call, *, values: Json) -> Json:
        """A new robot."""
        endpoint = edit_endpoints.create_endpoint(
            call.uow, self.channel_desk, call.now, args.values_of(values)
        )
        return made("endpoint_id", shown.show_endpoint(endpoint, self.channel_desk.keys))

    @command("notification.manage")
    def replace_endpoint(
        self, call: Call, *, endpoint_id: str, values: Json, version: int | None = None
    ) -> Json:
        """The whole robot anew; without address or secret it keeps what it has."""
        before, after = edit_endpoints.replace_endpoint(
            call.uow,
            self.channel_desk,
            args.id_of("endpoint_id", endpoint_id),
            args.version_of(version),
            args.values_of(values),
        )
        keys = self.channel_desk.keys
        was, now = shown.show_endpoint(before, keys), shown.show_endpoint(after, keys)
        return changed("endpoint_id", was, now)

    @command("notification.manage")
    def remove_endpoint(self, call: Call, *, endpoint_id: str, version: int | None = None) -> Json:
        """It is told nothing more."""
        found = args.id_of("endpoint_id", endpoint_id)
        before = edit_endpoints.remove_endpoint(call.uow, found, args.version_of(version))
        return removed("endpoint_id", shown.show_endpoint(before, self.channel_desk.keys))

    @command("notification.manage")
    def try_endpoint(self, call: Call, *, endpoint_id: str, language: str = "zh") -> Json:
        """Hand a test message over and say what came of it."""
        answer = edit_endpoints.try_endpoint(
            call.uow,
            self.channel_desk,
            call.now,
            args.id_of("endpoint_id", endpoint_id),
            args.language_of(language),
        )
        return {"verdict": answer.verdict, "reason": answer.reason or None}
