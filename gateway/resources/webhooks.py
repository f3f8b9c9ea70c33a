"""Webhooks: registered by whoever may hear of all tickets, looked after in their log."""

from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer, nothing
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.preconditions import ETAG_HEADER, LOCATION_HEADER, expected_version
from gateway.resources.versioned import EDIT_ERRORS, IF_MATCH, present
from gateway.schemas.webhook import (
    NewWebhook,
    Webhook,
    WebhookDelivery,
    WebhookDeliveryDetail,
    WebhookDeliveryPage,
    WebhookDeliveryQuery,
    WebhookPage,
    WebhookPing,
    WebhookReplay,
    WebhookReplayed,
    WebhookWithSecret,
)

blueprint = ApiBlueprint(
    "webhooks",
    __name__,
    url_prefix="/webhooks",
    description="Events for other systems, signed, in order, and tried for three days",
)


@blueprint.operation("GET", "")
@requires("webhook.read")
@blueprint.response(200, WebhookPage)
def list_webhooks() -> Response:
    """All webhooks."""
    return answer(query("notify", "list_webhooks"))


@blueprint.operation("POST", "", is_command=True)
@requires("webhook.manage")
@blueprint.arguments(NewWebhook)
@blueprint.response(201, WebhookWithSecret, headers={**LOCATION_HEADER, **ETAG_HEADER})
def create_webhook(values: dict[str, Any]) -> Response:
    """Register a webhook; it hears of all tickets, whatever its maker may see."""
    webhook = command("notify", "create_webhook", {"values": values})
    return present(webhook, 201, f"/webhooks/{webhook['webhook_id']}")


@blueprint.operation("GET", "/<uuid:webhook_id>", errors=(404,))
@requires("webhook.read")
@blueprint.response(200, Webhook, headers=ETAG_HEADER)
def get_webhook(webhook_id: UUID) -> Response:
    """One webhook."""
    return present(query("notify", "get_webhook", {"webhook_id": str(webhook_id)}))


@blueprint.operation(
    "PUT", "/<uuid:webhook_id>", errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH
)
@requires("webhook.manage")
@blueprint.arguments(NewWebhook)
@blueprint.response(200, Webhook, headers=ETAG_HEADER)
def replace_webhook(values: dict[str, Any], webhook_id: UUID) -> Response:
    """The whole webhook anew but for its secret; switched off, it drops what waits."""
    args = {**_versioned(webhook_id), "values": values}
    return present(command("notify", "replace_webhook", args))


@blueprint.operation(
    "DELETE", "/<uuid:webhook_id>", errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH
)
@requires("webhook.manage")
@blueprint.response(204)
def remove_webhook(webhook_id: UUID) -> Response:
    """Remove a webhook and what waits for it."""
    command("notify", "remove_webhook", _versioned(webhook_id))
    return nothing()


@blueprint.operation(
    "POST",
    "/<uuid:webhook_id>/rotate-secret",
    errors=EDIT_ERRORS,
    is_command=True,
    parameters=IF_MATCH,
)
@requires("webhook.manage")
@blueprint.response(200, WebhookWithSecret, headers=ETAG_HEADER)
def rotate_webhook_secret(webhook_id: UUID) -> Response:
    """A new secret; for 24 hours the one before is signed with as well."""
    return present(command("notify", "rotate_webhook_secret", _versioned(webhook_id)))


@blueprint.operation(
    "POST", "/<uuid:webhook_id>/enable", errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH
)
@requires("webhook.manage")
@blueprint.response(200, Webhook, headers=ETAG_HEADER)
def enable_webhook(webhook_id: UUID) -> Response:
    """Switch on what was switched off by hand or by its own failures."""
    return present(command("notify", "enable_webhook", _versioned(webhook_id)))


@blueprint.operation("POST", "/<uuid:webhook_id>/test", errors=(404,), is_command=True)
@requires("webhook.manage")
@blueprint.response(202, WebhookPing)
def test_webhook(webhook_id: UUID) -> Response:
    """Send a ping, also to one that is switched off."""
    return answer(command("notify", "ping_webhook", {"webhook_id": str(webhook_id)}), 202)


@blueprint.operation("GET", "/<uuid:webhook_id>/deliveries", errors=(404,))
@requires("webhook.read")
@blueprint.arguments(WebhookDeliveryQuery, location="query")
@blueprint.response(200, WebhookDeliveryPage)
def list_webhook_deliveries(wanted: dict[str, Any], webhook_id: UUID) -> Response:
    """What the webhook was told or is to be told."""
    args = {"webhook_id": str(webhook_id), **wanted}
    return answer(query("notify", "list_webhook_deliveries", args))


@blueprint.operation("GET", "/<uuid:webhook_id>/deliveries/<uuid:delivery_id>", errors=(404,))
@requires("webhook.read")
@blueprint.response(200, WebhookDeliveryDetail)
def get_webhook_delivery(webhook_id: UUID, delivery_id: UUID) -> Response:
    """One delivery, with the event as it is sent."""
    args = {"webhook_id": str(webhook_id), "delivery_id": str(delivery_id)}
    return answer(query("notify", "get_webhook_delivery", args))


@blueprint.operation(
    "POST",
    "/<uuid:webhook_id>/deliveries/<uuid:delivery_id>/replay",
    errors=(404,),
    is_command=True,
)
@requires("webhook.manage")
@blueprint.response(200, WebhookDelivery)
def replay_webhook_delivery(webhook_id: UUID, delivery_id: UUID) -> Response:
    """Tell one event again, with the same id."""
    args = {"webhook_id": str(webhook_id), "delivery_id": str(delivery_id)}
    return answer(command("notify", "replay_webhook_delivery", args))


@blueprint.operation("POST", "/<uuid:webhook_id>/replays", errors=(404,), is_command=True)
@requires("webhook.manage")
@blueprint.arguments(WebhookReplay)
@blueprint.response(200, WebhookReplayed)
def replay_webhook_deliveries(span: dict[str, Any], webhook_id: UUID) -> Response:
    """Tell everything of a time range again, in order and with the same ids."""
    args = {name: at.isoformat() for name, at in span.items()}
    found = command("notify", "replay_webhook_deliveries", {"webhook_id": str(webhook_id), **args})
    return answer(found)


def _versioned(webhook_id: UUID) -> dict[str, Any]:
    version = expected_version(is_required=True)
    return {"webhook_id": str(webhook_id), "version": version}
