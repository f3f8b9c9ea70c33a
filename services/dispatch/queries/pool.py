"""What somebody may grab (抢单)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    func,
    or_,
    select,
    tuple_,
)

from libs.common.actor import Actor
from libs.common.cursor import decode_cursor, encode_cursor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.directory.finders import find_person, names_of
from libs.common.directory.tables import GROUPS
from services.dispatch.queries.scoping import with_waiting_scope
from services.dispatch.queries.shapes import Json, show_group, show_id, show_instant
from services.dispatch.storage.tables import agents, dues, loads, settings, tickets, waiting

MOST = 100

_OFFERS = (
    select(
        tickets.c.ticket_id,
        tickets.c.number,
        tickets.c.subject,
        tickets.c.kind,
        tickets.c.channel,
        tickets.c.urgency,
        tickets.c.created_at,
        waiting.c.group_id,
        waiting.c.urgency_rank,
        waiting.c.since,
        waiting.c.offer_ends_at,
        dues.c.next_due_at,
    )
    .join(tickets, tickets.c.ticket_id == waiting.c.ticket_id)
    .outerjoin(dues, dues.c.ticket_id == waiting.c.ticket_id)
)


def list_pool(
    uow: UnitOfWork, actor: Actor, now: datetime, limit: int, cursor: str | None = None
) -> dict[str, Any]:
    """Open offers to the actor's groups, the most urgent first: {items, next_cursor, quota, left}.

    `left` is how many the actor may still grab.
    """
    person = find_person(uow.session, actor.subject) if actor.subject else None
    groups = person.group_ids if person and person.is_active else ()
    rows = uow.session.execute(_page(actor, groups, now, limit, cursor)).all() if groups else []
    names = names_of(uow.session, GROUPS, {row.group_id for row in rows[:limit]})
    return {
        "items": [_show(row, names) for row in rows[:limit]],
        "next_cursor": _cursor(rows[limit - 1]) if len(rows) > limit else None,
        **_quota(uow, actor),
    }


def _page(
    actor: Actor, groups: Collection[UUID], now: datetime, limit: int, cursor: str | None
) -> Select[Any]:
    statement = (
        _OFFERS.where(
            waiting.c.offer_id.is_not(None),
            waiting.c.group_id.in_(groups),
            or_(waiting.c.offer_ends_at.is_(None), waiting.c.offer_ends_at > now),
        )
        .order_by(waiting.c.urgency_rank.desc(), waiting.c.since, waiting.c.ticket_id)
        .limit(limit + 1)
    )
    seen = with_waiting_scope(statement, actor)
    return seen.where(_after(cursor)) if cursor else seen


def _after(cursor: str) -> ColumnElement[bool]:
    """Urgencies descend and instants ascend: no one row comparison says what comes after."""
    rank, since, ticket_id = decode_cursor(cursor, 3, int, datetime, UUID)
    later = tuple_(waiting.c.since, waiting.c.ticket_id) > tuple_(since, ticket_id)
    return or_(waiting.c.urgency_rank < rank, and_(waiting.c.urgency_rank == rank, later))


def _cursor(row: Row[Any]) -> str:
    return encode_cursor([row.urgency_rank, row.since, row.ticket_id])


def _quota(uow: UnitOfWork, actor: Actor) -> Json:
    statement = (
        select(
            func.coalesce(agents.c.grab_quota, settings.c.grab_quota).label("quota"),
            func.coalesce(loads.c.grabbed, 0).label("grabbed"),
        )
        .select_from(settings)
        .outerjoin(agents, agents.c.person_id == actor.subject)
        .outerjoin(loads, loads.c.person_id == actor.subject)
    )
    row = uow.session.execute(statement).one()
    return {"quota": row.quota, "left": max(row.quota - row.grabbed, 0)}


def _show(row: Row[Any], names: dict[UUID, str]) -> Json:
    return {
        "number": row.number,
        "ticket_id": show_id(row.ticket_id),
        "subject": row.subject,
        "kind": row.kind,
        "channel": row.channel,
        "urgency": row.urgency,
        "created_at": show_instant(row.created_at),
        "since": show_instant(row.since),
        "ends_at": show_instant(row.offer_ends_at),
        "group": show_group(row.group_id, names),
        "next_due_at": show_instant(row.next_due_at),
    }
