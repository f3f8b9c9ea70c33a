"""Reads what people write as conditions, triggers and automations; refuses what cannot work."""

from collections.abc import Collection, Mapping
from typing import Any

from libs.common.actions import parse_actions
from libs.common.conditions import Condition, Known, parse_condition
from libs.common.errors import InvalidInput, field_error
from services.ticketing.domain import checks
from services.ticketing.domain.gathering import Gathering
from services.ticketing.domain.rules import ANCHORS, TRIGGER
from services.ticketing.domain.variables import FIELDS

NAME_LIMIT = 100
LEAST_MINUTES, MOST_MINUTES = 5, 366 * 24 * 60

# What stands with the customer, whom this service knows by name alone.
_OF_CUSTOMERS = frozenset({"tier", "language"})

_MEMBERS = ("name", "is_active", "condition", "actions")
_OF_TRIGGERS = (*_MEMBERS, "events")
_OF_AUTOMATIONS = (*_MEMBERS, "anchor", "delay_minutes")


def read_condition(raw: object, known: Known | None, where: str = "condition") -> Condition:
    """A condition on tickets alone; raises InvalidInput keyed by paths."""
    condition = parse_condition(raw if raw is not None else {}, where=where, known=known)
    if condition.fields() & _OF_CUSTOMERS:
        errors = {path: ["cannot be asked of tickets"] for path in _paths(raw, where)}
        raise InvalidInput(
            "condition.not_of_tickets", f"{where}: asks about the customer", {"errors": errors}
        )
    _refuse_confidential(condition, raw, known, where)
    return condition


def _refuse_confidential(
    condition: Condition, raw: object, known: Known | None, where: str
) -> None:
    """No rule can see what is sealed, and a list by it would tell what it holds."""
    asks = getattr(known, "is_confidential", None)
    if asks is None:
        return
    named = {name for name in condition.fields() if name.startswith(FIELDS)}
    secret = {name for name in named if asks(name.removeprefix(FIELDS))}
    if secret:
        errors = {path: ["is confidential"] for path in _paths(raw, where, secret)}
        message = f"{where}: asks about confidential fields"
        raise InvalidInput("condition.confidential_field", message, {"errors": errors})


def _paths(raw: Any, path: str, names: Collection[str] = _OF_CUSTOMERS) -> list[str]:
    """Where a condition asks about one of these."""
    if "field" in raw:
        return [f"{path}.field"] if raw["field"] in names else []
    return [
        found
        for kind, parts in raw.items()
        for place, part in enumerate(parts)
        for found in _paths(part, f"{path}.{kind}[{place}]", names)
    ]


def read_rule(
    kind: str, values: Mapping[str, Any], known: Known | None, event_names: Collection[str]
) -> dict[str, Any]:
    """A whole rule as it is kept; raises InvalidInput naming all that is wrong."""
    wrong, is_trigger = Gathering(), kind == TRIGGER
    for name in values:
        if name not in (_OF_TRIGGERS if is_trigger else _OF_AUTOMATIONS):
            wrong.add(name, "is not known here", "field.unknown")
    name = wrong.read("name", checks.required_text, "name", values.get("name"), NAME_LIMIT)
    condition = wrong.read("condition", read_condition, values.get("condition"), known)
    actions = wrong.read("actions", read_actions, values.get("actions"), known)
    is_active = wrong.read("is_active", _flag, "is_active", values.get("is_active", True))
    events: list[str] = []
    anchor = delay = None
    if is_trigger:
        events = wrong.read("events", _events, values.get("events"), event_names)
    else:
        anchor = wrong.read("anchor", checks.one_of, "anchor", values.get("anchor"), ANCHORS)
        delay = wrong.read("delay_minutes", read_delay, values.get("delay_minutes"))
    wrong.demand()
    return {
        "name": name,
        "is_active": is_active,
        "condition": condition.as_json(),
        "actions": actions,
        "events": events,
        "anchor": anchor,
        "delay_minutes": delay,
    }


def read_actions(raw: object, known: Known | None) -> list[dict[str, Any]]:
    """At least one action, in the form that is kept."""
    actions = parse_actions(raw if raw is not None else [], known=known)
    if not actions:
        raise field_error("actions", "needs at least one", "field.required")
    return [action.as_json() for action in actions]


def read_delay(value: object) -> int:
    """Minutes after the anchor."""
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    if not is_whole or not LEAST_MINUTES <= value <= MOST_MINUTES:  # type: ignore[operator]
        message = f"must be a whole number from {LEAST_MINUTES} to {MOST_MINUTES}"
        raise field_error("delay_minutes", message)
    return int(value)  # type: ignore[call-overload]


def _events(value: object, names: Collection[str]) -> list[str]:
    if not isinstance(value, list | tuple) or not value:
        raise field_error("events", "must be a list of at least one event", "field.required")
    wrong = Gathering()
    for place, one in enumerate(value):
        where = f"events[{place}]"
        wrong.read(where, checks.one_of, where, one, names)
    wrong.demand()
    return list(dict.fromkeys(value))


def _flag(field: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise field_error(field, "must be true or false")
    return value
