"""Triggers: what is done when something happens to a ticket, on a condition."""

from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer, nothing
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.preconditions import ETAG_HEADER, LOCATION_HEADER, expected_version
from gateway.resources.versioned import EDIT_ERRORS, IF_MATCH, present
from gateway.schemas.ticket_rule import (
    NewTrigger,
    RuleOrder,
    RuleRunPage,
    RunQuery,
    Trigger,
    TriggerPage,
)
from gateway.schemas.ticket_view import ConditionTrial, ConditionTrialResult

blueprint = ApiBlueprint(
    "triggers",
    __name__,
    url_prefix="/triggers",
    description="What is done when something happens to a ticket",
)

_KIND = {"kind": "trigger"}


@blueprint.operation("GET", "")
@requires("trigger.read")
@blueprint.response(200, TriggerPage)
def list_triggers() -> Response:
    """All of them in the order in which they act, with what they did last."""
    return answer(query("ticketing", "list_rules", _KIND))


@blueprint.operation("POST", "", is_command=True)
@requires("trigger.manage")
@blueprint.arguments(NewTrigger)
@blueprint.response(201, Trigger, headers={**LOCATION_HEADER, **ETAG_HEADER})
def create_trigger(values: dict[str, Any]) -> Response:
    """Add one behind the others."""
    rule = command("ticketing", "create_rule", {**_KIND, "values": values})
    return present(rule, 201, f"/triggers/{rule['rule_id']}")


@blueprint.operation("GET", "/<uuid:rule_id>", errors=(404,))
@requires("trigger.read")
@blueprint.response(200, Trigger, headers=ETAG_HEADER)
def get_trigger(rule_id: UUID) -> Response:
    """One of them."""
    return present(query("ticketing", "get_rule", {**_KIND, "rule_id": str(rule_id)}))


@blueprint.operation(
    "PUT", "/<uuid:rule_id>", errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH
)
@requires("trigger.manage")
@blueprint.arguments(NewTrigger)
@blueprint.response(200, Trigger, headers=ETAG_HEADER)
def replace_trigger(values: dict[str, Any], rule_id: UUID) -> Response:
    """The whole of it anew; it stays at its place."""
    version = expected_version(is_required=True)
    args = {**_KIND, "rule_id": str(rule_id), "version": version, "values": values}
    return present(command("ticketing", "replace_rule", args))


@blueprint.operation(
    "DELETE", "/<uuid:rule_id>", errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH
)
@requires("trigger.manage")
@blueprint.response(204)
def remove_trigger(rule_id: UUID) -> Response:
    """Remove one with its history; what it has done to tickets stays."""
    version = expected_version(is_required=True)
    command("ticketing", "remove_rule", {**_KIND, "rule_id": str(rule_id), "version": version})
    return nothing()


@blueprint.operation("PUT", "/order", is_command=True)
@requires("trigger.manage")
@blueprint.arguments(RuleOrder)
@blueprint.response(200, TriggerPage)
def order_triggers(order: dict[str, Any]) -> Response:
    """Have them act in another order; refused unless it names all there are."""
    return answer(command("ticketing", "order_rules", {**_KIND, **order}))


@blueprint.operation("GET", "/<uuid:rule_id>/runs", errors=(404,))
@requires("trigger.read")
@blueprint.arguments(RunQuery, location="query")
@blueprint.response(200, RuleRunPage)
def list_trigger_runs(page: dict[str, Any], rule_id: UUID) -> Response:
    """What it did in the last 90 days, the newest first."""
    args = {**_KIND, "rule_id": str(rule_id), **page}
    return answer(query("ticketing", "list_rule_runs", args))


@blueprint.operation("POST", "/trials")
@requires("trigger.read")
@blueprint.arguments(ConditionTrial)
@blueprint.response(200, ConditionTrialResult)
def try_trigger(trial: dict[str, Any]) -> Response:
    """Which tickets fulfil the condition now; changes nothing."""
    return answer(query("ticketing", "try_rule", {**_KIND, "values": trial}))
