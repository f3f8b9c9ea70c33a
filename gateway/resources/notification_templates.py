"""Texts of one's own in place of the shipped ones, and previews of them."""

from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer, nothing
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.preconditions import ETAG_HEADER, LOCATION_HEADER, expected_version
from gateway.resources.versioned import EDIT_ERRORS, IF_MATCH, present
from gateway.schemas.notification_template import (
    NewNotificationTemplate,
    NotificationTemplate,
    NotificationTemplatePage,
    NotificationTemplateQuery,
    TemplatePreview,
    TemplatePreviewed,
)

blueprint = ApiBlueprint(
    "notification templates",
    __name__,
    url_prefix="/notification-templates",
    description="In which words people are told",
)

_ONE = "/<uuid:template_id>"


@blueprint.operation("GET", "")
@requires("notification.read")
@blueprint.arguments(NotificationTemplateQuery, location="query")
@blueprint.response(200, NotificationTemplatePage)
def list_notification_templates(wanted: dict[str, Any]) -> Response:
    """Texts of one's own; the shipped ones stand in GET /notification-occasions."""
    return answer(query("notify", "list_templates", wanted))


@blueprint.operation("POST", "", errors=(409,), is_command=True)
@requires("notification.manage")
@blueprint.arguments(NewNotificationTemplate)
@blueprint.response(201, NotificationTemplate, headers={**LOCATION_HEADER, **ETAG_HEADER})
def create_notification_template(values: dict[str, Any]) -> Response:
    """Write a text; refused with field and line if it says what it may not."""
    made = command("notify", "create_template", {"values": values})
    return present(made, 201, f"/notification-templates/{made['template_id']}")


@blueprint.operation("GET", _ONE, errors=(404,))
@requires("notification.read")
@blueprint.response(200, NotificationTemplate, headers=ETAG_HEADER)
def get_notification_template(template_id: UUID) -> Response:
    """One text."""
    return present(query("notify", "get_template", {"template_id": str(template_id)}))


@blueprint.operation("PUT", _ONE, errors=(*EDIT_ERRORS, 409), is_command=True, parameters=IF_MATCH)
@requires("notification.manage")
@blueprint.arguments(NewNotificationTemplate)
@blueprint.response(200, NotificationTemplate, headers=ETAG_HEADER)
def replace_notification_template(values: dict[str, Any], template_id: UUID) -> Response:
    """Other words; what is sent from now on says them."""
    version = expected_version(is_required=True)
    args = {"template_id": str(template_id), "version": version, "values": values}
    return present(command("notify", "replace_template", args))


@blueprint.operation("DELETE", _ONE, errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH)
@requires("notification.manage")
@blueprint.response(204)
def remove_notification_template(template_id: UUID) -> Response:
    """The shipped words hold again."""
    version = expected_version(is_required=True)
    command("notify", "remove_template", {"template_id": str(template_id), "version": version})
    return nothing()


@blueprint.operation("POST", "/previews", errors=(404,))
@requires("notification.read")
@blueprint.arguments(TemplatePreview)
@blueprint.response(200, TemplatePreviewed)
def preview_notification_template(values: dict[str, Any]) -> Response:
    """What a text would say of a ticket or a sample, or what is wrong with it."""
    return answer(query("notify", "preview_template", {"values": values}))
