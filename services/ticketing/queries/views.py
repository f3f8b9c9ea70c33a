"""Saved views: shown, listed by, and counted at a bounded price."""

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, func, literal, select, union_all

from libs.common import scope
from libs.common.actor import Actor
from libs.common.conditions import parse_condition
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.directory.finders import names_of
from libs.common.directory.tables import GROUPS
from libs.common.errors import InvalidInput, NotFound, field_error
from services.ticketing.domain.view_fields import PRIVATE
from services.ticketing.queries.scoping import TICKET_SCOPE
from services.ticketing.queries.shapes import show_instant
from services.ticketing.queries.staleness import problem_of
from services.ticketing.storage.known_things import KnownThings
from services.ticketing.storage.searching import at_most, fitting
from services.ticketing.storage.tables import tickets
from services.ticketing.storage.view_rows import find_view, list_views, may_manage

Json = dict[str, Any]
Clause = ColumnElement[bool]

COUNTED_TO = 1000
MOST_COUNTED = 20
_EACH, _ALL = 400, 2_500  # milliseconds


def show_views(uow: UnitOfWork, actor: Actor) -> Json:
    """What the actor may use, in the actor's order: {items}."""
    rows = list_views(uow.session, actor)
    names, known = _groups(uow, rows), KnownThings(uow.session)
    return {"items": [_show(row, actor, names, known) for row in rows]}


def get_view(uow: UnitOfWork, actor: Actor, view_id: UUID) -> Json:
    """One of them; raises NotFound."""
    row = find_view(uow.session, actor, view_id)
    if row is None:
        raise NotFound("view.unknown", "there is no such view")
    return _show(row, actor, _groups(uow, [row]), KnownThings(uow.session))


def fitting_view(
    uow: UnitOfWork, actor: Actor, view_id: object, now: datetime, zone: ZoneInfo
) -> Clause:
    """The view as a filter; raises InvalidInput for one that the actor has not, or no longer."""
    try:
        row = find_view(uow.session, actor, UUID(str(view_id)))
    except ValueError:
        raise field_error("saved_view", "must be a UUID", "filter.invalid") from None
    if row is None:
        raise field_error("saved_view", "there is no such view", "view.unknown")
    return fitting(parse_condition(row.condition), now, zone)


def count_views(uow: UnitOfWork, actor: Actor, now: datetime, zone: ZoneInfo) -> Json:
    """How many tickets the first views hold: {items: [{view_id, value, is_exact}]}.

    `value` is null where counting took too long, or the condition asks for what is gone.
    """
    end = time.monotonic() + _ALL / 1000
    items = []
    for row in list_views(uow.session, actor)[:MOST_COUNTED]:
        left = int((end - time.monotonic()) * 1000)
        value = _count_view(uow, actor, row, now, zone, min(left, _EACH)) if left > 0 else None
        items.append({"view_id": str(row.view_id), **counted(value)})
    return {"items": items}


def counted(value: int | None) -> Json:
    """As clients see a counter."""
    if value is None:
        return {"value": None, "is_exact": False}
    return {"value": min(value, COUNTED_TO), "is_exact": value <= COUNTED_TO}


def count_fitting(uow: UnitOfWork, actor: Actor, clause: Clause, milliseconds: int) -> int | None:
    """What the actor may see of it, to one beyond a thousand; None where that takes too long."""
    enough = COUNTED_TO + 1
    parts = [
        select(literal(1)).select_from(tickets).where(part, clause).limit(enough)
        for part in scope.branches(actor, TICKET_SCOPE)
    ]
    if not parts:
        return 0
    together = parts[0] if len(parts) == 1 else union_all(*parts).limit(enough)
    statement = select(func.count()).select_from(together.subquery())
    with at_most(uow.session, milliseconds):
        return int(uow.session.execute(statement).scalar_one())
    return None


def _count_view(
    uow: UnitOfWork, actor: Actor, row: Row[Any], now: datetime, zone: ZoneInfo, milliseconds: int
) -> int | None:
    try:
        clause = fitting(parse_condition(row.condition), now, zone)
    except InvalidInput:
        return None
    return count_fitting(uow, actor, clause, milliseconds)


def _groups(uow: UnitOfWork, rows: list[Row[Any]]) -> Mapping[UUID, str]:
    return names_of(uow.session, GROUPS, {row.group_id for row in rows if row.group_id})


def _show(row: Row[Any], actor: Actor, groups: Mapping[UUID, str], known: KnownThings) -> Json:
    group = row.group_id and {
        "group_id": str(row.group_id),
        "name": groups.get(row.group_id, ""),
    }
    return {
        "view_id": str(row.view_id),
        "name": row.name,
        "name_en": row.name_en,
        "visibility": row.visibility,
        "group_id": row.group_id and str(row.group_id),
        "group": group,
        "condition": row.condition,
        "sort": row.sort,
        "columns": row.columns,
        "may_edit": row.visibility == PRIVATE or may_manage(actor),
        "problem": problem_of(row.condition, known),
        "updated_at": show_instant(row.updated_at),
        "version": row.version,
    }
