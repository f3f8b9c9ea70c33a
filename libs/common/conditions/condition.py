"""A condition that has been read: judges facts, tells itself, and explains its judgement."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from libs.common.conditions.judging import Facts, Holds, compiled, fact_of, test_of
from libs.common.conditions.nodes import Comparison, Node, comparisons_of

Explainer = Callable[[Facts], dict[str, Any]]

_SHOWN = 200  # characters of a text fact in an explanation


class Condition:
    """Immutable; equal to whatever condition has the same tree. Made by `parse_condition`."""

    __slots__ = ("_explainer", "holds", "root")

    #: Whether it holds for facts as `facts_of` makes them; raises for no facts whatever.
    holds: Holds

    def __init__(self, root: Node) -> None:
        self.root = root
        self.holds = compiled(root)
        self._explainer: Explainer | None = None

    def explained(self, facts: Facts) -> dict[str, Any]:
        """The root's explanation; `explain` is the form to show."""
        if self._explainer is None:
            self._explainer = _explainer(self.root)
        return self._explainer(facts)

    def as_json(self) -> dict[str, Any]:
        """The form that is stored; reading it again gives an equal condition."""
        return self.root.as_json()

    def fields(self) -> frozenset[str]:
        """The names of all fields it looks at."""
        return frozenset(one.field.name for one in comparisons_of(self.root))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Condition) and self.root == other.root

    def __hash__(self) -> int:
        return hash(self.root)

    def __repr__(self) -> str:
        return f"Condition({self.as_json()})"


def explain(condition: Condition, facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Why it holds or not: {field, op, value, actual, holds} for every comparison, in JSON's types.

    A group within is {"all" | "any" | "none": […], "holds"}; of a condition that is one `all` the
    parts stand in the list themselves.
    """
    root = condition.explained(facts)
    parts: list[dict[str, Any]] = root.get("all", [root])
    return parts


def _explainer(node: Node) -> Explainer:
    """Compiled as the judgement is: dispatch explains every decision."""
    if isinstance(node, Comparison):
        return _comparison_explainer(node)
    parts, kind = tuple(map(_explainer, node.parts)), node.kind

    def explained(facts: Facts) -> dict[str, Any]:
        told = [part(facts) for part in parts]
        verdicts = [one["holds"] for one in told]
        holds = all(verdicts) if kind == "all" else any(verdicts) is (kind == "any")
        return {kind: told, "holds": holds}

    return explained


def _comparison_explainer(comparison: Comparison) -> Explainer:
    name, test = comparison.field.name, test_of(comparison)
    written = {"value": None, **comparison.as_json()}

    def explained(facts: Facts) -> dict[str, Any]:
        fact = fact_of(facts, name)
        return {**written, "actual": _shown(fact), "holds": test(fact)}

    return explained


def _shown(fact: Any) -> Any:
    if isinstance(fact, str):
        return fact if len(fact) <= _SHOWN else f"{fact[: _SHOWN - 1]}…"
    if isinstance(fact, list | tuple):
        return [_shown(one) for one in fact]
    if isinstance(fact, datetime):
        return fact.isoformat()
    return str(fact) if isinstance(fact, UUID) else fact
