"""Counters beside the views: exact up to a thousand, because more is not read anyway."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    BooleanClauseList,
    ColumnElement,
    True_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.sql.operators import and_

from libs.common import scope
from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import field_error
from libs.common.scope_shapes import Shape, ShapedStatement, shape_of
from services.ticketing.queries.filters import (
    BIN,
    VIEWS,
    Clause,
    counted_parts,
    may_see_bin,
)
from services.ticketing.queries.scoping import TICKET_SCOPE, is_watched_by
from services.ticketing.storage.tables import tickets

_LIMIT = 1000
_ENOUGH = _LIMIT + 1


def count_tickets(
    uow: UnitOfWork, actor: Actor, views: Sequence[str] | None = None
) -> dict[str, dict[str, Any]]:
    """{view: {value, is_exact}} of what the actor may see."""
    wanted = views or [view for view in VIEWS if view != BIN or may_see_bin(actor)]
    counted = _count_all(uow, actor, list(wanted))
    return {
        view: {"value": min(found, _LIMIT), "is_exact": found <= _LIMIT}
        for view, found in counted.items()
    }


def _count_all(uow: UnitOfWork, actor: Actor, views: Sequence[str]) -> dict[str, int]:
    """By one statement: on a busy machine the ways there and back cost more than the counting."""
    statement, found = _statement_of(shape_of(actor), tuple(views), _watches(uow, actor))
    counts = dict.fromkeys(views, 0)
    if statement:
        counts |= dict(zip(found, map(int, statement.ask(uow.session, actor)), strict=True))
    return counts


def _watches(uow: UnitOfWork, actor: Actor) -> bool:
    """Most people watch nothing: asked once, that part of their scope is in no view's count."""
    ids = scope.watched_ids(actor)
    return bool(ids and uow.session.scalar(select(exists().where(is_watched_by(tickets, ids)))))


@lru_cache(maxsize=128)
def _statement_of(
    shape: Shape, views: tuple[str, ...], watches: bool
) -> tuple[ShapedStatement | None, list[str]]:
    """And of which views it tells; None where actors of this shape have nothing of any.

    Views have parts in common, as 我的 is the first of 待办: to plan one takes longer than to count
    it, so each stands in the statement once, and is counted when the first view needs it.
    """
    columns = TICKET_SCOPE if watches else replace(TICKET_SCOPE, watched_by=None)
    known: dict[frozenset[str], CTE] = {}
    totals: dict[str, ColumnElement[int]] = {}
    for view in views:
        parts = [
            known.setdefault(_words_of(part), _counted(part))
            for part in _parts(shape.stand_in(), view, columns, watches)
        ]
        if parts:
            totals[view] = _total(parts)
    return (ShapedStatement(select(*totals.values())) if totals else None), list(totals)


def _counted(part: Sequence[Clause]) -> CTE:
    some = select(literal(1)).select_from(tickets).where(*part).limit(_ENOUGH)
    counted = select(func.count().label("found")).select_from(some.subquery())
    return counted.cte().prefix_with("MATERIALIZED", dialect="postgresql")


def _total(parts: Sequence[CTE]) -> ColumnElement[int]:
    """No part is looked at once those before it are enough."""
    first = select(parts[0].c.found).scalar_subquery()
    if len(parts) == 1:
        return first
    return case((first >= _ENOUGH, first), else_=first + _total(parts[1:]))


def _parts(
    actor: Actor, view: str, columns: scope.ScopeColumns, watches: bool
) -> Iterator[list[Clause]]:
    """What the actor's scope has of the view: the conditions of each part, which are disjoint."""
    if view not in VIEWS:
        raise field_error("views", f"must be among {', '.join(VIEWS)}", "filter.invalid")
    for part in counted_parts(view, actor, watches):
        branches = scope.branches(actor, columns, part.known)
        if part.is_small and branches:
            branches = [or_(*branches)]
        for branch in branches:
            yield [branch, *part.conditions]


def _words_of(part: Sequence[Clause]) -> frozenset[str]:
    """By which parts that ask for the same are known, in whatever order they ask."""
    words: set[str] = set()
    for one in part:
        if isinstance(one, BooleanClauseList) and one.operator is and_:
            words |= _words_of(one.clauses)
        elif not isinstance(one, True_):
            compiled = one.compile()
            words.add(f"{compiled} {compiled.params}")
    return frozenset(words)
