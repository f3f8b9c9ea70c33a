"""Compiles comparisons and groups into closures: fast enough to try every rule for every ticket.

What is missing, null, an empty text or an empty list is not set. Whatever is not set, or is of
another type than the value, makes every comparison false but is_not, not_in, not_contains, has_none
and is_not_set, which are their opposites' opposites.
"""

import operator
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from libs.common.conditions.fields import CUSTOM
from libs.common.conditions.nodes import Comparison, Node
from libs.common.conditions.wording import finder, opener

Facts = Mapping[str, Any]
Test = Callable[[Any], bool]  # of one fact
Holds = Callable[[Facts], bool]  # of all

OPPOSITE = {
    "is_not": "is",
    "not_in": "in",
    "not_contains": "contains",
    "has_none": "has_any",
    "is_not_set": "is_set",
}
_ORDER: Mapping[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}


def compiled(node: Node) -> Holds:
    """A function of the facts; it raises for no facts whatever."""
    if isinstance(node, Comparison):
        return _of_fact(node)
    parts = tuple(compiled(part) for part in node.parts)
    match node.kind:
        case "all":
            return parts[0] if len(parts) == 1 else _all(parts)
        case "any":
            return parts[0] if len(parts) == 1 else _any(parts)
        case "none":
            return _none(parts)


def _all(parts: tuple[Holds, ...]) -> Holds:
    def holds(facts: Facts) -> bool:
        for part in parts:  # noqa: SIM110 - a generator would cost more than the comparisons
            if not part(facts):
                return False
        return True

    return holds


def _any(parts: tuple[Holds, ...]) -> Holds:
    def holds(facts: Facts) -> bool:
        for part in parts:  # noqa: SIM110 - as above
            if part(facts):
                return True
        return False

    return holds


def _none(parts: tuple[Holds, ...]) -> Holds:
    is_any = _any(parts)
    return lambda facts: not is_any(facts)


def _of_fact(comparison: Comparison) -> Holds:
    test, name = test_of(comparison), comparison.field.name
    if comparison.field.type != "custom":
        return lambda facts: test(facts.get(name))
    return lambda facts: test(fact_of(facts, name))


def fact_of(facts: Facts, name: str) -> Any:
    """The fact of a field's name; custom fields stand in the fact `fields`."""
    if not name.startswith(CUSTOM):
        return facts.get(name)
    custom = facts.get("fields")
    return custom.get(name.removeprefix(CUSTOM)) if isinstance(custom, Mapping) else None


def test_of(comparison: Comparison) -> Test:
    """The comparison as a function of its one fact."""
    op, value = comparison.op, comparison.value
    if op in OPPOSITE:
        test = test_of(Comparison(comparison.field, OPPOSITE[op], value))
        return lambda fact: not test(fact)
    if op == "is_set":
        return lambda fact: fact is not None and fact not in ("", [], ())
    match comparison.field.type:
        case "choice":
            return _exact(op, value)
        case "rank":
            return _exact(op, value) if op in ("is", "in") else _rank(comparison)
        case "id":
            test = _exact(op, value)
            return lambda fact: test(str(fact) if isinstance(fact, UUID) else fact)
        case "tree":
            return _members("has_any", value if op == "in" else (value,))
        case "text":
            return _text(op, value)
        case "list":
            return _members(op, value)
        case "instant":
            return _instant(op, value)
        case "number":
            return _number(op, value)
        case "custom":
            return _custom(op, value)


def _exact(op: str, value: Any) -> Test:
    """Of texts; whatever else a fact is, it equals none."""
    values = frozenset(value if op == "in" else [value])
    if len(values) == 1:
        [only] = values
        return lambda fact: bool(fact == only)
    return lambda fact: isinstance(fact, str) and fact in values


def _rank(comparison: Comparison) -> Test:
    ranks = {name: rank for rank, name in enumerate(comparison.field.choices or ())}
    if comparison.op == "between":
        low, high = (ranks[one] for one in comparison.value)
        wanted = {name for name, rank in ranks.items() if low <= rank <= high}
    else:
        compare, bound = _ORDER[comparison.op], ranks[comparison.value]
        wanted = {name for name, rank in ranks.items() if compare(rank, bound)}
    return lambda fact: isinstance(fact, str) and fact in wanted


def _text(op: str, value: Any) -> Test:
    if op in ("is", "in"):
        return _exact(op, value)
    is_there = finder(value) if op == "contains" else opener(value)
    return lambda fact: isinstance(fact, str) and is_there(fact)


def _members(op: str, value: tuple[Any, ...]) -> Test:
    wanted = frozenset(map(_typed, value))
    if op == "has_all":
        return lambda fact: _is_list(fact) and wanted.issubset(map(_typed, fact))
    return lambda fact: _is_list(fact) and not wanted.isdisjoint(map(_typed, fact))


def _is_list(fact: Any) -> bool:
    return isinstance(fact, list | tuple)


def _typed(value: Any) -> Any:
    """Told apart by type: true is no 1, as in JSON."""
    return (value,) if isinstance(value, bool) else value


def _instant(op: str, value: Any) -> Test:
    within = _within(op, value, datetime.fromisoformat)

    def test(fact: Any) -> bool:
        if isinstance(fact, str):
            fact = _read_instant(fact)
        return isinstance(fact, datetime) and fact.tzinfo is not None and within(fact)

    return test


def _read_instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _number(op: str, value: Any) -> Test:
    test = _exact_scalar(op, value) if op in ("is", "in") else _within(op, value, lambda one: one)
    return lambda fact: type(fact) in (int, float) and test(fact)


def _within(op: str, value: Any, read: Callable[[Any], Any]) -> Test:
    if op == "between":
        low, high = map(read, value)
        return lambda fact: bool(low <= fact <= high)
    compare, bound = _ORDER[op], read(value)
    return lambda fact: compare(fact, bound)


def _exact_scalar(op: str, value: Any) -> Test:
    wanted = frozenset(map(_typed, value if op == "in" else [value]))
    return lambda fact: not isinstance(fact, list | tuple | dict) and _typed(fact) in wanted


def _custom(op: str, value: Any) -> Test:
    if op in ("is", "in"):
        return _exact_scalar(op, value)
    if op in ("has_any", "has_all"):
        return _members(op, value)
    return _text(op, value) if op in ("contains", "starts_with") else _number(op, value)
