"""Where the shared scope predicate finds what it needs in this service's tables."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, any_, func, select

from libs.common.actor import Actor
from libs.common.scope import ScopeColumns, watched_ids
from services.ticketing.storage.tables import tickets

_COLUMNS = (
    tickets.c.assignee_id,
    tickets.c.group_id,
    tickets.c.department_id,
    tickets.c.region_id,
    tickets.c.customer_id,
)
SCOPE_COLUMNS = (*_COLUMNS, tickets.c.cc, tickets.c.collaborators)

_watched = tickets.alias("watched")


def is_watched_by(watched: Any, ids: tuple[UUID, ...]) -> ColumnElement[bool]:
    """Rows of `watched`, which is tickets, that name one of these; as the index has it."""
    return and_(watched.c.watchers.overlap(ids), func.cardinality(watched.c.watchers) > 0)


def _watched_by(ids: tuple[UUID, ...]) -> ColumnElement[bool]:
    """Found first and by themselves: the planner would walk a list's order to find those few."""
    theirs = select(_watched.c.ticket_id).where(is_watched_by(_watched, ids))
    return tickets.c.ticket_id == any_(func.array(theirs.scalar_subquery()))


def copied_to(actor: Actor) -> ColumnElement[bool]:
    """What the actor, or a unit of theirs, is copied on (抄送)."""
    ids = watched_ids(actor)
    theirs = select(_watched.c.ticket_id).where(
        is_watched_by(_watched, ids),
        _watched.c.cc.overlap(ids),
    )
    return tickets.c.ticket_id == any_(func.array(theirs.scalar_subquery()))


TICKET_SCOPE = ScopeColumns(*_COLUMNS, watched_by=_watched_by)


def scope_of(row: Any) -> dict[str, Any]:
    """The scope of a ticket that has been read, for the predicate's test function."""
    return {
        "assignee": row.assignee_id,
        "group": row.group_id,
        "department": row.department_id,
        "region": row.region_id,
        "requester": row.customer_id,
        "cc": row.cc,
        "collaborators": row.collaborators,
    }
