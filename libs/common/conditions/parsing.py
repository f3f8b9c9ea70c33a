"""Reads a condition from JSON: everything that is wrong is named by its path in one refusal."""

from collections.abc import Mapping
from typing import Any

from libs.common.conditions.condition import Condition
from libs.common.conditions.fields import field_of
from libs.common.conditions.never import first_never
from libs.common.conditions.nodes import Comparison, Group, Kind, Node
from libs.common.conditions.values import Known, Wrong, read_value
from libs.common.errors import InvalidInput

DEPTH_LIMIT = 5
COMPARISONS_LIMIT = 100
_KINDS: tuple[Kind, ...] = ("all", "any", "none")


def parse_condition(
    raw: object, *, where: str = "condition", known: Known | None = None
) -> Condition:
    """The condition; raises InvalidInput whose errors are keyed by paths that begin with `where`.

    Refused are unknown fields, comparisons and choices, values of a wrong type, ids that `known`
    does not have, and what can never hold.
    """
    root = read_nodes(raw, where, known)
    if (never := first_never(root, where)) is not None:
        path, reason = never
        raise InvalidInput(
            "condition.never_holds", f"{path}: {reason}", {"errors": {path: [reason]}}
        )
    return Condition(root)


def read_nodes(raw: object, where: str, known: Known | None) -> Node:
    """The tree alone, whether it can ever hold or not; raises InvalidInput as above."""
    reading = _Reading(where, known)
    root = reading.node(raw, where, 1)
    if reading.errors or root is None:
        raise InvalidInput(
            "condition.invalid", f"{where}: cannot be understood", {"errors": reading.errors}
        )
    return root


class _Reading:
    """One pass over what was sent; gathers what is wrong."""

    def __init__(self, where: str, known: Known | None) -> None:
        self.where = where
        self.known = known
        self.errors: dict[str, list[str]] = {}
        self.counts = {True: 0, False: 0}  # comparisons, groups

    def node(self, raw: object, path: str, depth: int) -> Node | None:
        """None where something is wrong; the errors say what."""
        is_comparison = isinstance(raw, Mapping) and ("field" in raw or "op" in raw)
        self.counts[is_comparison] += 1
        if self.counts[is_comparison] > COMPARISONS_LIMIT:
            kind = "comparisons" if is_comparison else "groups"
            self.errors[self.where] = [f"must have at most {COMPARISONS_LIMIT} {kind}"]
            return None
        try:
            if not isinstance(raw, Mapping):
                raise Wrong(path, "must be an object")
            if not raw:
                return Group("all", ())
            if is_comparison:
                return _comparison(raw, path, self.known)
            return self._group(raw, path, depth)
        except Wrong as wrong:
            self.errors.setdefault(wrong.path, []).append(wrong.message)
            return None

    def _group(self, raw: Mapping[str, Any], path: str, depth: int) -> Group | None:
        kind = next((kind for kind in _KINDS if set(raw) == {kind}), None)
        if kind is None:
            raise Wrong(path, "must be all, any, none or a comparison of a field")
        where, parts = f"{path}.{kind}", raw[kind]
        if depth > DEPTH_LIMIT:
            raise Wrong(path, f"must be at most {DEPTH_LIMIT} groups deep")
        if not isinstance(parts, list | tuple):
            raise Wrong(where, "must be a list")
        if not parts and kind == "any":
            raise Wrong(where, "needs at least one condition")
        if len(parts) > COMPARISONS_LIMIT:
            raise Wrong(where, f"must have at most {COMPARISONS_LIMIT} conditions")
        nodes = [self.node(part, f"{where}[{n}]", depth + 1) for n, part in enumerate(parts)]
        return None if None in nodes else Group(kind, tuple(node for node in nodes if node))


def _comparison(raw: Mapping[str, Any], path: str, known: Known | None) -> Comparison:
    for key in raw:
        if key not in ("field", "op", "value"):
            raise Wrong(f"{path}.{key}", "is unknown here")
    name, op = raw.get("field"), raw.get("op")
    field = field_of(name) if isinstance(name, str) else None
    if field is None:
        raise Wrong(f"{path}.field", "is not a field that conditions know")
    if op not in field.ops:
        raise Wrong(f"{path}.op", f"must be one of {', '.join(field.ops)}")
    if op in ("is_set", "is_not_set"):
        if raw.get("value") is not None:
            raise Wrong(f"{path}.value", f"must be absent with {op}")
        return Comparison(field, op)
    if raw.get("value") is None:
        raise Wrong(f"{path}.value", "is required")
    return Comparison(field, op, read_value(field, op, raw["value"], f"{path}.value", known))
