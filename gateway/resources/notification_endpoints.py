"""Robots in group chats of DingTalk and WeCom."""

from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer, nothing
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.preconditions import ETAG_HEADER, expected_version
from gateway.resources.versioned import EDIT_ERRORS, IF_MATCH, present
from gateway.schemas.notification_endpoint import (
    ChangedNotificationEndpoint,
    EndpointTrial,
    EndpointTried,
    NewNotificationEndpoint,
    NotificationEndpoint,
    NotificationEndpointPage,
)

blueprint = ApiBlueprint(
    "notification endpoints",
    __name__,
    url_prefix="/notification-endpoints",
    description="Robots in group chats that notices may go to",
)


@blueprint.operation("GET", "")
@requires("notification.read")
@blueprint.response(200, NotificationEndpointPage)
def list_notification_endpoints() -> Response:
    """All robots."""
    return answer(query("notify", "list_endpoints"))


@blueprint.operation("POST", "", is_command=True)
@requires("notification.manage")
@blueprint.arguments(NewNotificationEndpoint)
@blueprint.response(201, NotificationEndpoint, headers=ETAG_HEADER)
def create_notification_endpoint(values: dict[str, Any]) -> Response:
    """Register a robot."""
    return present(command("notify", "create_endpoint", {"values": values}), 201)


@blueprint.operation(
    "PUT", "/<uuid:endpoint_id>", errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH
)
@requires("notification.manage")
@blueprint.arguments(ChangedNotificationEndpoint)
@blueprint.response(200, NotificationEndpoint, headers=ETAG_HEADER)
def replace_notification_endpoint(values: dict[str, Any], endpoint_id: UUID) -> Response:
    """The whole robot anew; what is secret stays unless it is given."""
    args = {**_versioned(endpoint_id), "values": values}
    return present(command("notify", "replace_endpoint", args))


@blueprint.operation(
    "DELETE", "/<uuid:endpoint_id>", errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH
)
@requires("notification.manage")
@blueprint.response(204)
def remove_notification_endpoint(endpoint_id: UUID) -> Response:
    """Remove a robot; rules that name it tell it nothing more."""
    command("notify", "remove_endpoint", _versioned(endpoint_id))
    return nothing()


@blueprint.operation("POST", "/<uuid:endpoint_id>/test", errors=(404,), is_command=True)
@requires("notification.manage")
@blueprint.arguments(EndpointTrial)
@blueprint.response(200, EndpointTried)
def test_notification_endpoint(trial: dict[str, Any], endpoint_id: UUID) -> Response:
    """Have the robot say something, and see what came of it."""
    args = {"endpoint_id": str(endpoint_id), **trial}
    return answer(command("notify", "try_endpoint", args))


def _versioned(endpoint_id: UUID) -> dict[str, Any]:
    version = expected_version(is_required=True)
    return {"endpoint_id": str(endpoint_id), "version": version}
