"""SLA policies, in their order, and trials of them."""

from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer, nothing
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.preconditions import ETAG_HEADER, LOCATION_HEADER, expected_version
from gateway.resources.versioned import EDIT_ERRORS, IF_MATCH, present
from gateway.schemas.sla_policy import (
    NewSlaPolicy,
    PolicyTrial,
    PolicyTrialResult,
    SlaPolicy,
    SlaPolicyOrder,
    SlaPolicyPage,
)

blueprint = ApiBlueprint(
    "sla policies",
    __name__,
    url_prefix="/sla/policies",
    description="What is promised for which tickets, and what happens when it is late",
)


@blueprint.operation("GET", "")
@requires("sla.read")
@blueprint.response(200, SlaPolicyPage)
def list_sla_policies() -> Response:
    """All policies in the order in which they are tried."""
    return answer(query("sla", "list_policies"))


@blueprint.operation("POST", "", is_command=True)
@requires("sla.manage")
@blueprint.arguments(NewSlaPolicy)
@blueprint.response(201, SlaPolicy, headers={**LOCATION_HEADER, **ETAG_HEADER})
def create_sla_policy(values: dict[str, Any]) -> Response:
    """Add a policy behind the others."""
    policy = command("sla", "create_policy", {"values": values})
    return present(policy, 201, f"/sla/policies/{policy['policy_id']}")


@blueprint.operation("GET", "/<uuid:policy_id>", errors=(404,))
@requires("sla.read")
@blueprint.response(200, SlaPolicy, headers=ETAG_HEADER)
def get_sla_policy(policy_id: UUID) -> Response:
    """One policy."""
    return present(query("sla", "get_policy", {"policy_id": str(policy_id)}))


@blueprint.operation(
    "PUT", "/<uuid:policy_id>", errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH
)
@requires("sla.manage")
@blueprint.arguments(NewSlaPolicy)
@blueprint.response(200, SlaPolicy, headers=ETAG_HEADER)
def replace_sla_policy(values: dict[str, Any], policy_id: UUID) -> Response:
    """The whole policy anew, at its place; open tickets are reckoned anew soon after."""
    version = expected_version(is_required=True)
    args = {"policy_id": str(policy_id), "version": version, "values": values}
    return present(command("sla", "replace_policy", args))


@blueprint.operation(
    "DELETE", "/<uuid:policy_id>", errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH
)
@requires("sla.manage")
@blueprint.response(204)
def remove_sla_policy(policy_id: UUID) -> Response:
    """Remove a policy; its open tickets are reckoned by the next one that fits."""
    version = expected_version(is_required=True)
    command("sla", "remove_policy", {"policy_id": str(policy_id), "version": version})
    return nothing()


@blueprint.operation("PUT", "/order", is_command=True)
@requires("sla.manage")
@blueprint.arguments(SlaPolicyOrder)
@blueprint.response(200, SlaPolicyPage)
def order_sla_policies(order: dict[str, Any]) -> Response:
    """Put the policies into another order; refused unless it names all there are."""
    return answer(command("sla", "order_policies", order))


@blueprint.operation("POST", "/trials", errors=(404,))
@requires("sla.read")
@blueprint.arguments(PolicyTrial)
@blueprint.response(200, PolicyTrialResult)
def try_sla_policies(trial: dict[str, Any]) -> Response:
    """Which policy a ticket would have, or one that might come, and what is due when."""
    return answer(query("sla", "try_policy", trial))
