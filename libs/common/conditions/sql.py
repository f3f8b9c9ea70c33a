"""A condition as a filter of rows: it lets through what `Condition.holds` says yes to.

Where a condition does not hold, the filter is false or null; do not negate it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    ColumnElement,
    Select,
    Text,
    and_,
    cast,
    false,
    func,
    literal,
    or_,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from libs.common.conditions.condition import Condition
from libs.common.conditions.fields import CUSTOM
from libs.common.conditions.judging import OPPOSITE
from libs.common.conditions.nodes import Comparison, Node
from libs.common.conditions.wording import pattern_of
from libs.common.errors import InvalidInput, field_error

Clause = ColumnElement[bool]


@dataclass(frozen=True)
class Tree:
    """A column of ids in a tree; `below` selects given ids and those of all that lies below."""

    column: ColumnElement[Any]
    below: Callable[[Sequence[UUID]], Select[Any]]


Columns = Mapping[str, ColumnElement[Any] | Tree]

_ORDER: Mapping[str, Callable[[Any, Any], Clause]] = {
    "gt": lambda column, value: column > value,
    "ge": lambda column, value: column >= value,
    "lt": lambda column, value: column < value,
    "le": lambda column, value: column <= value,
}


def to_sql(condition: Condition, columns: Columns) -> Clause:
    """The filter; `columns` by fields' names, and `fields` (jsonb) for all custom ones.

    Ids are uuid columns, tags text[], instants timestamptz, the rest text. Raises InvalidInput for
    a field that has no column here.
    """
    return _node(condition.root, columns)


def _node(node: Node, columns: Columns) -> Clause:
    if isinstance(node, Comparison):
        return _comparison(node, columns)
    parts = [_node(part, columns) for part in node.parts]
    match node.kind:
        case "all":
            return and_(true(), *parts)
        case "any":
            return or_(false(), *parts)
        case "none":
            return _not(or_(false(), *parts))


def _not(clause: Clause) -> Clause:
    """True where the clause is false or null."""
    return clause.is_not(true())


def _comparison(comparison: Comparison, columns: Columns) -> Clause:
    field, op = comparison.field, comparison.op
    if op in OPPOSITE:
        return _not(_comparison(Comparison(field, OPPOSITE[op], comparison.value), columns))
    if field.type == "custom":
        held = _column("fields", field.name, columns)
        return _custom(held[field.name.removeprefix(CUSTOM)], op, comparison.value)
    if field.type == "tree":
        return _tree(columns.get(field.name), comparison)
    column = _column(field.name, field.name, columns)
    if op == "is_set":
        return _is_set(column, field.type)
    match field.type:
        case "id":
            return _exact(column, op, comparison.value, UUID)
        case "rank":
            return _rank(column, comparison)
        case "list":
            return _members(column, op, comparison.value)
        case "instant":
            return _ordered(column, op, comparison.value, datetime.fromisoformat)
        case "number" if op not in ("is", "in"):
            return _ordered(column, op, comparison.value, _same)
        case _:
            return _text(column, op, comparison.value)


def _tree(tree: ColumnElement[Any] | Tree | None, comparison: Comparison) -> Clause:
    if not isinstance(tree, Tree):
        raise _not_searchable(comparison.field.name)
    if comparison.op == "is_set":
        return tree.column.is_not(None)
    values = comparison.value if comparison.op == "in" else [comparison.value]
    return tree.column.in_(tree.below([UUID(one) for one in values]))


def _column(name: str, field: str, columns: Columns) -> ColumnElement[Any]:
    column = columns.get(name)
    if column is None or isinstance(column, Tree):
        raise _not_searchable(field)
    return column


def _not_searchable(field: str) -> InvalidInput:
    return field_error(field, "cannot be searched by here", "condition.not_searchable")


def _same(value: Any) -> Any:
    return value


def _is_set(column: ColumnElement[Any], kind: str) -> Clause:
    if kind in ("choice", "rank", "text"):
        return column != ""
    return func.cardinality(column) > 0 if kind == "list" else column.is_not(None)


def _exact(
    column: ColumnElement[Any], op: str, value: Any, read: Callable[[Any], Any] = _same
) -> Clause:
    return column.in_([read(one) for one in value]) if op == "in" else column == read(value)


def _text(column: ColumnElement[Any], op: str, value: Any) -> Clause:
    if op in ("is", "in"):
        return _exact(column, op, value)
    pattern = pattern_of(value)
    return column.regexp_match(pattern if op == "contains" else f"^{pattern}")


def _rank(column: ColumnElement[Any], comparison: Comparison) -> Clause:
    if comparison.op in ("is", "in"):
        return _exact(column, comparison.op, comparison.value)
    names = list(comparison.field.choices or ())
    rank = func.array_position(cast(names, ARRAY(Text)), column)
    return _ordered(rank, comparison.op, comparison.value, lambda name: names.index(name) + 1)


def _members(column: ColumnElement[Any], op: str, value: tuple[str, ...]) -> Clause:
    wanted = cast(list(value), ARRAY(Text))
    return column.bool_op("@>" if op == "has_all" else "&&")(wanted)


def _ordered(column: ColumnElement[Any], op: str, value: Any, read: Callable[[Any], Any]) -> Clause:
    if op == "between":
        low, high = map(read, value)
        return column.between(low, high)
    return _ORDER[op](column, read(value))


def _custom(held: Any, op: str, value: Any) -> Clause:
    """Of a jsonb value. Its order has numbers among themselves, so none needs to be cast."""
    kind = func.jsonb_typeof(held)
    match op:
        case "is_set":
            return held.not_in([_json(JSON.NULL), _json(""), _json([])])
        case "is" | "in":
            return _exact(held, op, value, _json)
        case "has_any":
            return and_(kind == "array", or_(*(held.bool_op("@>")(_json([one])) for one in value)))
        case "has_all":
            return and_(kind == "array", held.bool_op("@>")(_json(list(value))))
        case "contains" | "starts_with":
            return and_(kind == "string", _text(held.astext, op, value))
        case _:
            return and_(kind == "number", _ordered(held, op, value, _json))


def _json(value: Any) -> ColumnElement[Any]:
    return cast(literal(value, JSONB), JSONB)
