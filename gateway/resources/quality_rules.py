"""Sampling rules (抽检规则) of quality checks."""

from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer, nothing
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.preconditions import ETAG_HEADER, LOCATION_HEADER, expected_version
from gateway.resources.versioned import EDIT_ERRORS, IF_MATCH, present
from gateway.schemas.quality import NewQualityRule, QualityRule, QualityRulePage

blueprint = ApiBlueprint(
    "quality rules",
    __name__,
    url_prefix="/quality-rules",
    description="Which tickets are drawn for quality checks",
)

_ONE = "/<uuid:rule_id>"


@blueprint.operation("GET", "")
@requires("quality.read")
@blueprint.response(200, QualityRulePage)
def list_quality_rules() -> Response:
    """All of them."""
    return answer(query("ticketing", "list_quality_rules"))


@blueprint.operation("POST", "", is_command=True)
@requires("quality.manage")
@blueprint.arguments(NewQualityRule)
@blueprint.response(201, QualityRule, headers={**LOCATION_HEADER, **ETAG_HEADER})
def create_quality_rule(values: dict[str, Any]) -> Response:
    """It samples from the next ended ticket on."""
    made = command("ticketing", "create_quality_rule", {"values": _plain(values)})
    return present(made, 201, f"/quality-rules/{made['rule_id']}")


@blueprint.operation("GET", _ONE, errors=(404,))
@requires("quality.read")
@blueprint.response(200, QualityRule, headers=ETAG_HEADER)
def get_quality_rule(rule_id: UUID) -> Response:
    """One of them."""
    return present(query("ticketing", "get_quality_rule", {"rule_id": str(rule_id)}))


@blueprint.operation("PUT", _ONE, errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH)
@requires("quality.manage")
@blueprint.arguments(NewQualityRule)
@blueprint.response(200, QualityRule, headers=ETAG_HEADER)
def replace_quality_rule(values: dict[str, Any], rule_id: UUID) -> Response:
    """The whole of it anew; what it has taken stays taken."""
    version = expected_version(is_required=True)
    args = {"rule_id": str(rule_id), "version": version, "values": _plain(values)}
    return present(command("ticketing", "replace_quality_rule", args))


@blueprint.operation("DELETE", _ONE, errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH)
@requires("quality.manage")
@blueprint.response(204)
def remove_quality_rule(rule_id: UUID) -> Response:
    """It samples no more; its reviews stay."""
    version = expected_version(is_required=True)
    command("ticketing", "remove_quality_rule", {"rule_id": str(rule_id), "version": version})
    return nothing()


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return values | {name: str(values[name]) for name in ("reviewer_id", "sheet_id")}
