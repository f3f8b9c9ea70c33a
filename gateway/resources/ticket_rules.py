"""Triggers and automations: what is done with tickets when something happens, or so long after.

Ticketing keeps both in the same way: both have the same operations, under names of their own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer, nothing
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint, View
from gateway.calls import command, query
from gateway.preconditions import ETAG_HEADER, LOCATION_HEADER, expected_version
from gateway.resources.versioned import EDIT_ERRORS, IF_MATCH, present
from gateway.schemas import ticket_rule as shapes
from gateway.schemas.pieces import Body
from gateway.schemas.pieces import View as Shape
from gateway.schemas.ticket_view import ConditionTrial, ConditionTrialResult


@dataclass(frozen=True)
class _Kind:
    """One of the two; ticketing knows it by its name. `tried`: what a trial answers."""

    name: str
    description: str
    new: type[Body]
    one: type[Shape]
    page: type[Shape]
    trial: type[Body]
    tried: str

    def args(self, rule_id: UUID | None = None, **more: Any) -> dict[str, Any]:
        """What a call of ticketing is told."""
        return {"kind": self.name, **({"rule_id": str(rule_id)} if rule_id else {}), **more}


def _called(operation_id: str, summary: str | None = None) -> Callable[[View], View]:
    """Names an operation: a view that stands for two has no name of its own."""

    def name(view: View) -> View:
        view.__name__ = operation_id
        view.__doc__ = summary or view.__doc__
        return view

    return name


def _add_all(blueprint: ApiBlueprint, kind: _Kind) -> None:
    """What is about all of them."""

    @blueprint.operation("GET", "")
    @requires("trigger.read")
    @blueprint.response(200, kind.page)
    @_called(f"list_{kind.name}s")
    def list_rules() -> Response:
        """All of them in the order in which they act, with what they did last."""
        return answer(query("ticketing", "list_rules", kind.args()))

    @blueprint.operation("POST", "", is_command=True)
    @requires("trigger.manage")
    @blueprint.arguments(kind.new)
    @blueprint.response(201, kind.one, headers={**LOCATION_HEADER, **ETAG_HEADER})
    @_called(f"create_{kind.name}")
    def create_rule(values: dict[str, Any]) -> Response:
        """Add one behind the others."""
        rule = command("ticketing", "create_rule", kind.args(values=values))
        return present(rule, 201, f"{blueprint.url_prefix}/{rule['rule_id']}")


def _add_each(blueprint: ApiBlueprint, kind: _Kind) -> None:
    """What is about a single one."""

    @blueprint.operation("GET", "/<uuid:rule_id>", errors=(404,))
    @requires("trigger.read")
    @blueprint.response(200, kind.one, headers=ETAG_HEADER)
    @_called(f"get_{kind.name}")
    def get_rule(rule_id: UUID) -> Response:
        """One of them."""
        return present(query("ticketing", "get_rule", kind.args(rule_id)))

    @blueprint.operation(
        "PUT", "/<uuid:rule_id>", errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH
    )
    @requires("trigger.manage")
    @blueprint.arguments(kind.new)
    @blueprint.response(200, kind.one, headers=ETAG_HEADER)
    @_called(f"replace_{kind.name}")
    def replace_rule(values: dict[str, Any], rule_id: UUID) -> Response:
        """The whole of it anew; it stays at its place."""
        version = expected_version(is_required=True)
        args = kind.args(rule_id, version=version, values=values)
        return present(command("ticketing", "replace_rule", args))

    @blueprint.operation(
        "DELETE", "/<uuid:rule_id>", errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH
    )
    @requires("trigger.manage")
    @blueprint.response(204)
    @_called(f"remove_{kind.name}")
    def remove_rule(rule_id: UUID) -> Response:
        """Remove one with its history; what it has done to tickets stays."""
        version = expected_version(is_required=True)
        command("ticketing", "remove_rule", kind.args(rule_id, version=version))
        return nothing()


def _add_acting(blueprint: ApiBlueprint, kind: _Kind) -> None:
    """When they act, what they did and what they would do."""

    @blueprint.operation("PUT", "/order", is_command=True)
    @requires("trigger.manage")
    @blueprint.arguments(shapes.RuleOrder)
    @blueprint.response(200, kind.page)
    @_called(f"order_{kind.name}s")
    def order_rules(order: dict[str, Any]) -> Response:
        """Have them act in another order; refused unless it names all there are."""
        return answer(command("ticketing", "order_rules", kind.args(**order)))

    @blueprint.operation("GET", "/<uuid:rule_id>/runs", errors=(404,))
    @requires("trigger.read")
    @blueprint.arguments(shapes.RunQuery, location="query")
    @blueprint.response(200, shapes.RuleRunPage)
    @_called(f"list_{kind.name}_runs")
    def list_runs(page: dict[str, Any], rule_id: UUID) -> Response:
        """What it did in the last 90 days, the newest first."""
        return answer(query("ticketing", "list_rule_runs", kind.args(rule_id, **page)))

    @blueprint.operation("POST", "/trials")
    @requires("trigger.read")
    @blueprint.arguments(kind.trial)
    @blueprint.response(200, ConditionTrialResult)
    @_called(f"try_{kind.name}", kind.tried)
    def try_rule(trial: dict[str, Any]) -> Response:
        return answer(query("ticketing", "try_rule", kind.args(values=trial)))


def _rules_of(kind: _Kind) -> ApiBlueprint:
    blueprint = ApiBlueprint(
        f"{kind.name}s", __name__, url_prefix=f"/{kind.name}s", description=kind.description
    )
    for add in (_add_all, _add_each, _add_acting):
        add(blueprint, kind)
    return blueprint


triggers = _rules_of(
    _Kind(
        name="trigger",
        description="What is done when something happens to a ticket",
        new=shapes.NewTrigger,
        one=shapes.Trigger,
        page=shapes.TriggerPage,
        trial=ConditionTrial,
        tried="Which tickets fulfil the condition now; changes nothing.",
    )
)
automations = _rules_of(
    _Kind(
        name="automation",
        description="What is done with tickets after a time",
        new=shapes.NewAutomation,
        one=shapes.Automation,
        page=shapes.AutomationPage,
        trial=shapes.AutomationTrial,
        tried="Which tickets would be handled now; changes nothing.",
    )
)
