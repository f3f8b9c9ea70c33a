"""Saved views as people write them: their own ones, and those for others by whoever may."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Conflict, Forbidden, NotFound
from libs.common.ids import uuid7
from services.ticketing.domain.gathering import Gathering
from services.ticketing.domain.view_fields import PRIVATE, read_view
from services.ticketing.storage import versioned_rows
from services.ticketing.storage.known_things import KnownThings
from services.ticketing.storage.rule_tables import views
from services.ticketing.storage.view_rows import (
    count_views,
    find_view,
    keep_order,
    list_views,
    may_manage,
)

MOST_OWN, MOST_PUBLIC = 50, 200

Edited = tuple[Row[Any] | None, Row[Any] | None]  # before, after


def create_view(uow: UnitOfWork, actor: Actor, values: Mapping[str, Any]) -> Edited:
    """A view of the actor's; raises InvalidInput naming all that cannot be listed."""
    read = read_view(values, KnownThings(uow.session))
    _demand_right(actor, read["visibility"])
    _refuse_many(uow.session, actor, read["visibility"])
    row = {"view_id": uuid7(), "owner_id": actor.subject, **read}
    return None, versioned_rows.add_row(uow.session, views, row)


def replace_view(
    uow: UnitOfWork, actor: Actor, view_id: UUID, version: int | None, values: Mapping[str, Any]
) -> Edited:
    """Other contents, and perhaps other people to see it."""
    before = _take(uow.session, actor, view_id, version)
    read = read_view(values, KnownThings(uow.session))
    _demand_right(actor, read["visibility"])
    if read["visibility"] != before.visibility:
        _refuse_many(uow.session, actor, read["visibility"])
    if read["visibility"] == PRIVATE:
        # Whoever takes it back from the others has it.
        read["owner_id"] = actor.subject
    return before, versioned_rows.change_row(uow.session, views, view_id, read)


def remove_view(uow: UnitOfWork, actor: Actor, view_id: UUID, version: int | None) -> Edited:
    """Nobody has it any more."""
    before = _take(uow.session, actor, view_id, version)
    versioned_rows.remove_row(uow.session, views, view_id)
    return before, None


def order_views(
    uow: UnitOfWork, actor: Actor, view_ids: Sequence[UUID]
) -> tuple[list[UUID], list[UUID]]:
    """Have one's views in this order; others than the actor's stay as they are.

    Returns the order before and after.
    """
    assert actor.subject is not None
    before = [row.view_id for row in list_views(uow.session, actor)]
    wrong = Gathering()
    for place, view_id in enumerate(view_ids):
        if view_id not in before:
            wrong.add(f"view_ids[{place}]", "is not known", "view.unknown")
        elif view_id in view_ids[:place]:
            wrong.add(f"view_ids[{place}]", "is there twice")
    wrong.demand()
    keep_order(uow.session, actor.subject, view_ids)
    return before, [row.view_id for row in list_views(uow.session, actor)]


def _take(session: Session, actor: Actor, view_id: UUID, version: int | None) -> Row[Any]:
    versioned_rows.take_turn(session, f"view.{view_id}")
    row = find_view(session, actor, view_id)
    if row is None:
        raise NotFound("view.unknown", "there is no such view")
    _demand_right(actor, row.visibility)
    versioned_rows.demand_version(version, row)
    return row


def _demand_right(actor: Actor, visibility: str) -> None:
    if visibility != PRIVATE and not may_manage(actor):
        raise Forbidden("permission.missing", "this needs the permission view.manage")


def _refuse_many(session: Session, actor: Actor, visibility: str) -> None:
    assert actor.subject is not None
    versioned_rows.take_turn(session, f"views.{actor.subject if visibility == PRIVATE else ''}")
    most = MOST_OWN if visibility == PRIVATE else MOST_PUBLIC
    if count_views(session, visibility, actor.subject) >= most:
        raise Conflict("view.too_many", f"there are at most {most}")
