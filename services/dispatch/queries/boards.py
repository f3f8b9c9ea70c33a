"""How groups stand: who is there, how loaded they are, what waits. A fixed number of statements."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, text
from sqlalchemy.orm import Session

from libs.common import scope
from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.directory.finders import Group, find_groups
from libs.common.errors import NotFound
from services.dispatch.domain.assignments import ACTIVE, ENDED
from services.dispatch.domain.candidates import Candidate
from services.dispatch.domain.settings import URGENCY_RANKS
from services.dispatch.queries.people import show_member, state_of
from services.dispatch.queries.scoping import (
    TICKET_SCOPE,
    may_see_group,
    sees_all,
    with_waiting_scope,
)
from services.dispatch.queries.shapes import Json, show_id, show_instant
from services.dispatch.storage.candidates import load_candidates
from services.dispatch.storage.rule_book import load_settings
from services.dispatch.storage.tables import assignments, dues, rules, tickets, waiting

FIRST = 50  # waiting tickets on a group's board

_GROUPS = text("SELECT group_id FROM directory_groups WHERE is_active")


def get_board(
    uow: UnitOfWork, actor: Actor, now: datetime, group_id: UUID | None = None
) -> dict[str, Any]:
    """All groups that the actor may know of, or one, by name: {groups}; raises NotFound."""
    groups = _groups(uow.session, actor, group_id)
    return {"groups": [shown for _, shown in _lines(uow, actor, now, groups)]}


def get_group_board(uow: UnitOfWork, actor: Actor, now: datetime, group_id: UUID) -> Json:
    """One group with its people and the first that waits; raises NotFound."""
    [(people, shown)] = _lines(uow, actor, now, _groups(uow.session, actor, group_id))
    items = [_show_waiting(row) for row in uow.session.execute(_first_waiting(actor, group_id))]
    waits = {"waiting": shown["waiting"] | {"items": items}}
    return shown | waits | {"people": [show_member(one) for one in people]}


def _groups(session: Session, actor: Actor, group_id: UUID | None) -> list[Group]:
    wanted = [group_id] if group_id else list(session.scalars(_GROUPS))
    found = find_groups(session, wanted).values()
    seen = [one for one in found if one.is_active and may_see_group(actor, one)]
    if group_id and not seen:
        raise NotFound("group.unknown", "there is no such group")
    return sorted(seen, key=lambda one: (one.name, one.group_id))


def _lines(
    uow: UnitOfWork, actor: Actor, now: datetime, groups: Sequence[Group]
) -> list[tuple[list[Candidate], Json]]:
    """Each group's people, and the group as it is shown."""
    ids = [one.group_id for one in groups]
    people = load_candidates(uow.session, ids, now, load_settings(uow.session))
    waits, unaccepted = _waiting(uow.session, actor, ids), _unaccepted(uow.session, actor, ids)
    return [
        (
            people[one.group_id],
            _show_group(
                one,
                people[one.group_id],
                waits.get(one.group_id),
                unaccepted.get(one.group_id, 0),
            ),
        )
        for one in groups
    ]


def _show_group(
    group: Group, people: Sequence[Candidate], waits: Row[Any] | None, unaccepted: int
) -> Json:
    by_urgency = {name: getattr(waits, name) if waits else 0 for name in URGENCY_RANKS}
    return {
        "group_id": str(group.group_id),
        "name": group.name,
        "members": len(people),
        "online": sum(state_of(one) == "online" for one in people),
        "available": sum(not one.reasons for one in people),
        "load": sum(one.load for one in people),
        "capacity": sum(one.capacity for one in people),
        "waiting": {
            "total": waits.total if waits else 0,
            **by_urgency,
            "oldest_since": show_instant(waits.oldest_since) if waits else None,
        },
        "offers": waits.offers if waits else 0,
        "unaccepted": unaccepted,
    }


def _waiting(session: Session, actor: Actor, ids: Collection[UUID]) -> Mapping[UUID, Row[Any]]:
    ranks = (
        func.count().filter(waiting.c.urgency_rank == rank).label(name)
        for name, rank in URGENCY_RANKS.items()
    )
    statement = (
        select(
            waiting.c.group_id,
            func.count().label("total"),
            *ranks,
            func.min(waiting.c.since).label("oldest_since"),
            func.count(waiting.c.offer_id).label("offers"),
        )
        .where(waiting.c.group_id.in_(ids))
        .group_by(waiting.c.group_id)
    )
    if not sees_all(actor):
        here = tickets.c.ticket_id == waiting.c.ticket_id
        statement = with_waiting_scope(statement.join(tickets, here), actor)
    return {row.group_id: row for row in session.execute(statement)}


def _unaccepted(session: Session, actor: Actor, ids: Collection[UUID]) -> dict[UUID, int]:
    """Tickets that somebody has and has not confirmed."""
    statement = (
        select(assignments.c.group_id, func.count())
        .where(
            # As the index has it, which holds what has not ended and nothing else.
            assignments.c.state != ENDED,
            assignments.c.state == ACTIVE,
            assignments.c.accepted_at.is_(None),
            assignments.c.group_id.in_(ids),
        )
        .group_by(assignments.c.group_id)
    )
    if not sees_all(actor):
        here = tickets.c.ticket_id == assignments.c.ticket_id
        statement = statement.join(tickets, here).where(scope.visible(actor, TICKET_SCOPE))
    return {row[0]: row[1] for row in session.execute(statement)}


def _first_waiting(actor: Actor, group_id: UUID) -> Any:
    statement = (
        select(
            tickets.c.ticket_id,
            tickets.c.number,
            tickets.c.subject,
            tickets.c.urgency,
            waiting.c.since,
            waiting.c.mode,
            rules.c.name.label("rule_name"),
            dues.c.next_due_at,
        )
        .select_from(waiting)
        .join(tickets, tickets.c.ticket_id == waiting.c.ticket_id)
        .outerjoin(rules, rules.c.rule_id == waiting.c.rule_id)
        .outerjoin(dues, dues.c.ticket_id == waiting.c.ticket_id)
        .where(waiting.c.group_id == group_id)
        .order_by(waiting.c.urgency_rank.desc(), waiting.c.since, waiting.c.ticket_id)
        .limit(FIRST)
    )
    return with_waiting_scope(statement, actor)


def _show_waiting(row: Row[Any]) -> Json:
    return {
        "ticket_id": show_id(row.ticket_id),
        "number": row.number,
        "subject": row.subject,
        "urgency": row.urgency,
        "since": show_instant(row.since),
        "mode": row.mode,
        "rule_name": row.rule_name,
        "next_due_at": show_instant(row.next_due_at),
    }
