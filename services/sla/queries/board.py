"""How the groups stand: what runs, what is due within the hour, what is overdue."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, text, union_all

from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.directory.finders import names_of
from libs.common.directory.tables import GROUPS, PEOPLE
from libs.common.scope import branches, visible
from services.sla.queries.scoping import TICKET_SCOPE
from services.sla.storage.tables import tickets

Json = dict[str, Any]

SOON = timedelta(hours=1)
LISTED = 50

_has_clock = tickets.c.next_due_at.is_not(None)


def get_sla_board(uow: UnitOfWork, actor: Actor, now: datetime) -> Json:
    """Of what the actor may see; the lists hold the first `LISTED` of each, earliest first."""
    overdue = _first(uow, actor, tickets.c.next_due_at <= now)
    soon = _first(uow, actor, tickets.c.next_due_at > now, tickets.c.next_due_at <= now + SOON)
    counts = uow.session.execute(_counts(actor, now)).all()
    listed = [*overdue, *soon]
    groups = {row.group_id for row in (*counts, *listed) if row.group_id}
    names = names_of(uow.session, GROUPS, groups)
    people = names_of(uow.session, PEOPLE, {row.assignee_id for row in listed if row.assignee_id})
    targets = _targets(uow, listed)

    def show(row: Any) -> Json:
        return {
            "number": row.number,
            "subject": row.subject,
            "urgency": row.urgency,
            "target": targets.get(row.ticket_id),
            "due_at": row.next_due_at,
            "assignee_id": str(row.assignee_id) if row.assignee_id else None,
            "assignee_name": people.get(row.assignee_id),
            "group_id": str(row.group_id) if row.group_id else None,
            "group_name": names.get(row.group_id),
        }

    return {
        "groups": sorted(
            (
                {
                    "group_id": str(row.group_id) if row.group_id else None,
                    "name": names.get(row.group_id),
                    "running": row.running,
                    "due_soon": row.due_soon,
                    "overdue": row.overdue,
                    "oldest_overdue_at": row.oldest_overdue_at,
                }
                for row in counts
            ),
            key=lambda group: (group["name"] is None, group["name"] or ""),
        ),
        "tickets": {
            "due_soon": [show(row) for row in soon],
            "overdue": [show(row) for row in overdue],
        },
    }


def _counts(actor: Actor, now: datetime) -> Select[Any]:
    """By group, from indexes alone. Overdue is what is past: the timer may be a moment behind."""
    due = tickets.c.next_due_at
    return (
        select(
            tickets.c.group_id,
            func.count().label("running"),
            func.count().filter(and_(due > now, due <= now + SOON)).label("due_soon"),
            func.count().filter(due <= now).label("overdue"),
            func.min(due).filter(due <= now).label("oldest_overdue_at"),
        )
        .where(_has_clock, visible(actor, TICKET_SCOPE))
        .group_by(tickets.c.group_id)
    )


def _first(uow: UnitOfWork, actor: Actor, *conditions: ColumnElement[bool]) -> list[Any]:
    """Each branch of the actor's scope read to the list's length, then merged."""
    columns = select(
        tickets.c.ticket_id,
        tickets.c.number,
        tickets.c.subject,
        tickets.c.urgency,
        tickets.c.next_due_at,
        tickets.c.assignee_id,
        tickets.c.group_id,
    )
    parts = [
        columns.where(part, _has_clock, *conditions)
        .order_by(tickets.c.next_due_at, tickets.c.ticket_id)
        .limit(LISTED)
        for part in branches(actor, TICKET_SCOPE)
    ]
    if not parts:
        return []
    if len(parts) == 1:
        return list(uow.session.execute(parts[0]).all())
    merged = union_all(*parts).order_by(text("next_due_at"), text("ticket_id")).limit(LISTED)
    return list(uow.session.execute(merged).all())


# Of each ticket the target that is due first.
_TARGETS = text(
    "SELECT DISTINCT ON (ticket_id) ticket_id, target FROM clocks "
    "WHERE ticket_id = ANY(:ids) AND due_at IS NOT NULL "
    "AND state IN ('running', 'breached') ORDER BY ticket_id, due_at"
)


def _targets(uow: UnitOfWork, listed: list[Any]) -> dict[Any, str]:
    if not listed:
        return {}
    rows = uow.session.execute(_TARGETS, {"ids": [row.ticket_id for row in listed]})
    return {row.ticket_id: row.target for row in rows}
