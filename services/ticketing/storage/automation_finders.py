"""Finds the tickets that an automation has to handle, and locks them one by one."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, exists, or_, select, tuple_
from sqlalchemy.orm import Session

from services.ticketing.domain.rules import Rule
from services.ticketing.domain.ticket import Ticket
from services.ticketing.storage.rule_tables import rule_marks
from services.ticketing.storage.searching import ANCHORS, Clause, anchored, fitting
from services.ticketing.storage.tables import tickets
from services.ticketing.storage.ticket_finders import lock_if_free


def due_tickets(
    session: Session,
    rule: Rule,
    now: datetime,
    zone: ZoneInfo,
    *,
    limit: int,
    after: Row[Any] | None = None,
) -> list[Row[Any]]:
    """(created_at, ticket_id) of tickets to be handled, oldest first, beyond `after`."""
    statement = select(tickets.c.created_at, tickets.c.ticket_id).where(
        _due(rule, now, zone), _unhandled(rule)
    )
    if after is not None:
        statement = statement.where(
            tuple_(tickets.c.created_at, tickets.c.ticket_id) > tuple_(*after)
        )
    order = (tickets.c.created_at, tickets.c.ticket_id)
    return list(session.execute(statement.order_by(*order).limit(limit)))


def take_due(
    session: Session, rule: Rule, ticket_id: UUID, now: datetime, zone: ZoneInfo
) -> tuple[Ticket, datetime] | None:
    """The ticket, locked, with its anchor's instant; None if it is no longer due.

    None, too, where somebody else is at it: the next round finds it.
    """
    ticket = lock_if_free(session, ticket_id, _due(rule, now, zone))
    if ticket is None:
        return None
    anchor = select(ANCHORS[rule.anchor or ""]).where(tickets.c.ticket_id == ticket_id)
    return ticket, session.execute(anchor).scalar_one()


def _due(rule: Rule, now: datetime, zone: ZoneInfo) -> Clause:
    return anchored(rule.anchor or "", rule.delay, now) & fitting(rule.condition, now, zone)


def _unhandled(rule: Rule) -> Clause:
    """As `claim_cause` decides."""
    known = rule_marks.c
    is_spent = or_(
        known.anchor_at == ANCHORS[rule.anchor or ""],
        tickets.c.touched_at.is_(None),
        known.ran_at >= tickets.c.touched_at,
    )
    return ~exists().where(
        known.rule_id == rule.rule_id, known.ticket_id == tickets.c.ticket_id, is_spent
    )
