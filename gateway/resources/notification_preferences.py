"""What staff and customers wish to be told, each their own."""

from typing import Any

from flask import Response

from gateway.auth.access import requires
from gateway.auth.guard import caller
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.portal.identities import requester_actor
from gateway.preconditions import ETAG_HEADER, expected_version
from gateway.resources.versioned import IF_MATCH, present
from gateway.schemas.notification_preference import (
    NotificationPreferences,
    OwnNotificationPreferences,
)

blueprint = ApiBlueprint(
    "notification preferences", __name__, description="What one wishes to be told"
)

_OWN, _PORTAL = "/profile/notification-preferences", "/portal/notification-preferences"


@blueprint.operation("GET", _OWN)
@requires("session.own")
@blueprint.response(200, OwnNotificationPreferences, headers=ETAG_HEADER)
def get_notification_preferences() -> Response:
    """One's own wishes."""
    return present(query("notify", "get_preferences"))


@blueprint.operation("PUT", _OWN, errors=(412, 428), is_command=True, parameters=IF_MATCH)
@requires("session.own")
@blueprint.arguments(NotificationPreferences)
@blueprint.response(200, OwnNotificationPreferences, headers=ETAG_HEADER)
def replace_notification_preferences(values: dict[str, Any]) -> Response:
    """All wishes anew."""
    args = {"version": expected_version(is_required=True), "values": values}
    return present(command("notify", "replace_preferences", args))


@blueprint.operation("GET", _PORTAL)
@requires("request.own")
@blueprint.response(200, OwnNotificationPreferences, headers=ETAG_HEADER)
def get_portal_notification_preferences() -> Response:
    """The customer's own wishes."""
    who = requester_actor(caller())
    return present(query("notify", "get_customer_preferences", on_behalf_of=who))


@blueprint.operation("PUT", _PORTAL, errors=(412, 428), is_command=True, parameters=IF_MATCH)
@requires("request.own")
@blueprint.arguments(NotificationPreferences)
@blueprint.response(200, OwnNotificationPreferences, headers=ETAG_HEADER)
def replace_portal_notification_preferences(values: dict[str, Any]) -> Response:
    """All wishes anew."""
    args = {"version": expected_version(is_required=True), "values": values}
    who = requester_actor(caller())
    return present(command("notify", "replace_customer_preferences", args, on_behalf_of=who))
