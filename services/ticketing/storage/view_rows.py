"""Saved views as rows: who may see which, and in whose order."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, func, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from libs.common.actor import Actor
from libs.common.directory.finders import find_person
from services.ticketing.domain.view_fields import GROUP, PRIVATE, SHARED
from services.ticketing.storage.rule_tables import view_orders, views

_BEHIND = 2**31 - 1


def may_manage(actor: Actor) -> bool:
    """Whether views of groups and of everybody are this actor's to make."""
    return actor.may("view.manage")


def list_views(session: Session, actor: Actor) -> list[Row[Any]]:
    """What the actor may use, in the order that the actor has put them in."""
    assert actor.subject is not None
    mine = select(view_orders.c.view_ids).where(view_orders.c.person_id == actor.subject)
    place = func.coalesce(func.array_position(mine.scalar_subquery(), views.c.view_id), _BEHIND)
    statement = select(views).where(_visible(session, actor))
    # Private ones first, then those of groups.
    order = (place, func.array_position([PRIVATE, GROUP, SHARED], views.c.visibility))
    return list(session.execute(statement.order_by(*order, views.c.view_id)))


def find_view(session: Session, actor: Actor, view_id: UUID) -> Row[Any] | None:
    """One that the actor may use."""
    wanted = select(views).where(views.c.view_id == view_id, _visible(session, actor))
    return session.execute(wanted).one_or_none()


def count_views(session: Session, visibility: str, owner_id: UUID) -> int:
    """How many a person has of their own, or all others have together."""
    if visibility == PRIVATE:
        clause = and_(views.c.visibility == PRIVATE, views.c.owner_id == owner_id)
    else:
        clause = views.c.visibility != PRIVATE
    return session.scalar(select(func.count()).select_from(views).where(clause)) or 0


def keep_order(session: Session, person_id: UUID, view_ids: Sequence[UUID]) -> None:
    """Have them in this order from now on."""
    given = upsert(view_orders).values(person_id=person_id, view_ids=list(view_ids))
    session.execute(
        given.on_conflict_do_update(
            index_elements=[view_orders.c.person_id], set_={"view_ids": list(view_ids)}
        )
    )


def _visible(session: Session, actor: Actor) -> ColumnElement[bool]:
    """The own ones, those of the own groups, and everybody's; managers see those of all groups."""
    own = and_(views.c.visibility == PRIVATE, views.c.owner_id == actor.subject)
    if may_manage(actor):
        return or_(own, views.c.visibility != PRIVATE)
    person = find_person(session, actor.subject) if actor.subject else None
    groups = list(person.group_ids) if person else []
    of_groups = and_(views.c.visibility == GROUP, views.c.group_id.in_(groups))
    return or_(own, views.c.visibility == SHARED, of_groups)
