"""Counters beside the views: exact up to a thousand, because more is not read anyway."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from sqlalchemy import BooleanClauseList, ScalarSelect, True_, exists, func, literal, select
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
    statement, places = _statement_of(shape_of(actor), tuple(views), _watches(uow, actor))
    counted = [int(one) for one in statement.ask(uow.session, actor)] if statement else []
    return {view: sum(counted[place] for place in places[view]) for view in views}


def _watches(uow: UnitOfWork, actor: Actor) -> bool:
    """Most people watch nothing: asked once, that part of their scope is in no view's count."""
    ids = scope.watched_ids(actor)
    return bool(ids and uow.session.scalar(select(exists().where(is_watched_by(tickets, ids)))))


@lru_cache(maxsize=128)
def _statement_of(
    shape: Shape, views: tuple[str, ...], watches: bool
) -> tuple[ShapedStatement | None, dict[str, list[int]]]:
    """A number of each part, and of which of them each view is the sum.

    Views have parts in common, as 我的 is the first of 待办: to plan one takes longer than to count
    it. There is no statement where actors of this shape have nothing of any view.
    """
    columns = TICKET_SCOPE if watches else replace(TICKET_SCOPE, watched_by=None)
    counts: list[ScalarSelect[int]] = []
    place_of: dict[frozenset[str], int] = {}
    places: dict[str, list[int]] = {}
    for view in views:
        places[view] = []
        for part in _parts(shape.stand_in(), view, columns, watches):
            place = place_of.setdefault(_words_of(part), len(counts))
            if place == len(counts):
                some = select(literal(1)).select_from(tickets).where(*part).limit(_ENOUGH)
                counts.append(select(func.count()).select_from(some.subquery()).scalar_subquery())
            places[view].append(place)
    return (ShapedStatement(select(*counts)) if counts else None), places


def _parts(
    actor: Actor, view: str, columns: scope.ScopeColumns, watches: bool
) -> Iterator[list[Clause]]:
    """What the actor's scope has of the view: the conditions of each part, which are disjoint."""
    if view not in VIEWS:
        raise field_error("views", f"must be among {', '.join(VIEWS)}", "filter.invalid")
    for part, known in counted_parts(view, actor, watches):
        for branch in scope.branches(actor, columns, known):
            yield [branch, *part]


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
