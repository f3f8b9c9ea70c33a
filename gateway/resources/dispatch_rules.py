"""Rules of dispatch, in their order, and trials of them."""

from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer, nothing
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.preconditions import ETAG_HEADER, LOCATION_HEADER, expected_version
from gateway.resources.versioned import EDIT_ERRORS, IF_MATCH, present
from gateway.schemas.decision import RuleTrial, RuleTrialResult
from gateway.schemas.dispatch_rule import (
    DispatchRule,
    DispatchRuleOrder,
    DispatchRulePage,
    NewDispatchRule,
)

blueprint = ApiBlueprint(
    "dispatch rules",
    __name__,
    url_prefix="/dispatch/rules",
    description="Which tickets go to which group, and to whom of it",
)


@blueprint.operation("GET", "")
@requires("dispatch.read")
@blueprint.response(200, DispatchRulePage)
def list_dispatch_rules() -> Response:
    """All rules in the order in which they are tried."""
    return answer(query("dispatch", "list_rules"))


@blueprint.operation("POST", "", is_command=True)
@requires("dispatch.manage")
@blueprint.arguments(NewDispatchRule)
@blueprint.response(201, DispatchRule, headers={**LOCATION_HEADER, **ETAG_HEADER})
def create_dispatch_rule(values: dict[str, Any]) -> Response:
    """Add a rule behind the others."""
    rule = command("dispatch", "create_rule", {"values": values})
    return present(rule, 201, f"/dispatch/rules/{rule['rule_id']}")


@blueprint.operation("GET", "/<uuid:rule_id>", errors=(404,))
@requires("dispatch.read")
@blueprint.response(200, DispatchRule, headers=ETAG_HEADER)
def get_dispatch_rule(rule_id: UUID) -> Response:
    """One rule."""
    return present(query("dispatch", "get_rule", {"rule_id": str(rule_id)}))


@blueprint.operation(
    "PUT", "/<uuid:rule_id>", errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH
)
@requires("dispatch.manage")
@blueprint.arguments(NewDispatchRule)
@blueprint.response(200, DispatchRule, headers=ETAG_HEADER)
def replace_dispatch_rule(values: dict[str, Any], rule_id: UUID) -> Response:
    """The whole rule anew; it stays at its place."""
    version = expected_version(is_required=True)
    args = {"rule_id": str(rule_id), "version": version, "values": values}
    return present(command("dispatch", "replace_rule", args))


@blueprint.operation(
    "DELETE", "/<uuid:rule_id>", errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH
)
@requires("dispatch.manage")
@blueprint.response(204)
def remove_dispatch_rule(rule_id: UUID) -> Response:
    """Remove a rule; what waits by it is judged anew."""
    version = expected_version(is_required=True)
    command("dispatch", "remove_rule", {"rule_id": str(rule_id), "version": version})
    return nothing()


@blueprint.operation("PUT", "/order", is_command=True)
@requires("dispatch.manage")
@blueprint.arguments(DispatchRuleOrder)
@blueprint.response(200, DispatchRulePage)
def order_dispatch_rules(order: dict[str, Any]) -> Response:
    """Put the rules into another order; refused unless it names all there are."""
    return answer(command("dispatch", "order_rules", order))


@blueprint.operation("POST", "/trials", errors=(404,))
@requires("dispatch.read")
@blueprint.arguments(RuleTrial)
@blueprint.response(200, RuleTrialResult)
def try_dispatch_rules(trial: dict[str, Any]) -> Response:
    """What the rules would decide about a ticket, or about one that might come; changes nothing."""
    return answer(query("dispatch", "try_rules", trial))
