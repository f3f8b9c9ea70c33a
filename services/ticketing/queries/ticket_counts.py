"""Counters beside the views: exact up to a thousand, because more is not read anyway."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from sqlalchemy import ScalarSelect, exists, func, literal, select, union_all

from libs.common import scope
from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import field_error
from libs.common.scope_shapes import Shape, ShapedStatement, shape_of
from services.ticketing.queries.filters import BIN, VIEWS, counted_parts, may_see_bin
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
    shape = shape_of(actor)
    statement, found = _statement_of(shape, tuple(views), _watches(uow, actor))
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
    """And of which views it tells; None where actors of this shape have nothing of any."""
    columns = TICKET_SCOPE if watches else replace(TICKET_SCOPE, watched_by=None)
    counted = {view: _counted(shape.stand_in(), view, columns, watches) for view in views}
    found = {view: one for view, one in counted.items() if one is not None}
    return (ShapedStatement(select(*found.values())) if found else None), list(found)


def _counted(
    actor: Actor, view: str, columns: scope.ScopeColumns, watches: bool
) -> ScalarSelect[int] | None:
    """None where the actor's scope has nothing of the view."""
    if view not in VIEWS:
        raise field_error("views", f"must be among {', '.join(VIEWS)}", "filter.invalid")
    some = [
        select(literal(1)).select_from(tickets).where(branch, *part).limit(_ENOUGH)
        for part, known in counted_parts(view, actor, watches)
        for branch in scope.branches(actor, columns, known)
    ]
    if not some:
        return None
    together = some[0] if len(some) == 1 else union_all(*some).limit(_ENOUGH)
    return select(func.count()).select_from(together.subquery()).scalar_subquery()
