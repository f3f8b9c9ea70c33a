"""Rules who is told what, in their order, and trials of them."""

from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer, nothing
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.preconditions import ETAG_HEADER, LOCATION_HEADER, expected_version
from gateway.resources.versioned import EDIT_ERRORS, IF_MATCH, present
from gateway.schemas.notification_rule import (
    NewNotificationRule,
    NotificationOccasionPage,
    NotificationRule,
    NotificationRuleOrder,
    NotificationRulePage,
    NotificationTrial,
    NotificationTrialResult,
)

blueprint = ApiBlueprint(
    "notification rules", __name__, description="Who is told what, on which channel"
)

_RULES, _ONE = "/notification-rules", "/notification-rules/<uuid:rule_id>"


@blueprint.operation("GET", _RULES)
@requires("notification.read")
@blueprint.response(200, NotificationRulePage)
def list_notification_rules() -> Response:
    """All rules in their order."""
    return answer(query("notify", "list_rules"))


@blueprint.operation("POST", _RULES, is_command=True)
@requires("notification.manage")
@blueprint.arguments(NewNotificationRule)
@blueprint.response(201, NotificationRule, headers={**LOCATION_HEADER, **ETAG_HEADER})
def create_notification_rule(values: dict[str, Any]) -> Response:
    """Add a rule behind the others."""
    rule = command("notify", "create_rule", {"values": values})
    return present(rule, 201, f"{_RULES}/{rule['rule_id']}")


@blueprint.operation("GET", _ONE, errors=(404,))
@requires("notification.read")
@blueprint.response(200, NotificationRule, headers=ETAG_HEADER)
def get_notification_rule(rule_id: UUID) -> Response:
    """One rule."""
    return present(query("notify", "get_rule", {"rule_id": str(rule_id)}))


@blueprint.operation("PUT", _ONE, errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH)
@requires("notification.manage")
@blueprint.arguments(NewNotificationRule)
@blueprint.response(200, NotificationRule, headers=ETAG_HEADER)
def replace_notification_rule(values: dict[str, Any], rule_id: UUID) -> Response:
    """The whole rule anew; it stays at its place."""
    version = expected_version(is_required=True)
    args = {"rule_id": str(rule_id), "version": version, "values": values}
    return present(command("notify", "replace_rule", args))


@blueprint.operation("DELETE", _ONE, errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH)
@requires("notification.manage")
@blueprint.response(204)
def remove_notification_rule(rule_id: UUID) -> Response:
    """Nobody is told by it any more; what it has ordered is still sent."""
    version = expected_version(is_required=True)
    command("notify", "remove_rule", {"rule_id": str(rule_id), "version": version})
    return nothing()


@blueprint.operation("PUT", f"{_RULES}/order", is_command=True)
@requires("notification.manage")
@blueprint.arguments(NotificationRuleOrder)
@blueprint.response(200, NotificationRulePage)
def order_notification_rules(order: dict[str, Any]) -> Response:
    """Put the rules into another order; refused unless it names all there are."""
    return answer(command("notify", "order_rules", order))


@blueprint.operation("POST", f"{_RULES}/trials", errors=(404,))
@requires("notification.read")
@blueprint.arguments(NotificationTrial)
@blueprint.response(200, NotificationTrialResult)
def try_notification_rules(trial: dict[str, Any]) -> Response:
    """Which rules would hold for a ticket or a sample, and who would be told; nobody is."""
    return answer(query("notify", "try_rules", trial))


@blueprint.operation("GET", "/notification-occasions")
@requires("notification.read")
@blueprint.response(200, NotificationOccasionPage)
def list_notification_occasions() -> Response:
    """What rules and texts may be about, with variables and shipped texts."""
    return answer(query("notify", "list_occasions"))
