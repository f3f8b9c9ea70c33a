"""Tickets by conditions: the shared language over this service's columns."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Integer, Text, case, func, literal, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from libs.common.conditions import FIELDS, Condition
from libs.common.conditions.sql import Tree, to_sql
from services.ticketing.storage.category_rows import ids_below
from services.ticketing.storage.tables import tickets

Clause = ColumnElement[bool]

_CANCELLED = "57014"

# What is older than the column goes by its last change of any kind.
ANCHORS: Mapping[str, ColumnElement[datetime]] = {
    "created": tickets.c.created_at,
    "touched": func.coalesce(tickets.c.touched_at, tickets.c.updated_at),
    "status_changed": func.coalesce(tickets.c.status_changed_at, tickets.c.updated_at),
    "customer_message": tickets.c.last_customer_message_at,
    "solved": tickets.c.solved_at,
}
# As the index has it, so that it is read.
ALIVE: Clause = tickets.c.status_category != text("'closed'")


def fitting(condition: Condition, now: datetime, zone: ZoneInfo) -> Clause:
    """The condition as a filter of tickets; raises InvalidInput for what they do not have."""
    local = now.astimezone(zone)
    columns: dict[str, ColumnElement[Any] | Tree] = {
        name: tickets.c[name] for name in FIELDS if name in tickets.c
    }
    columns |= {
        "fields": tickets.c.fields,
        "is_dissatisfied": case(
            (tickets.c.is_dissatisfied, literal("yes", Text)), else_=literal("no", Text)
        ),
        "local_hour": literal(local.hour, Integer),
        "weekday": literal(local.isoweekday(), Integer),
        "category_id": Tree(tickets.c.category_id, ids_below),
    }
    return to_sql(condition, columns)


def anchored(anchor: str, delay: timedelta, now: datetime) -> Clause:
    """Tickets still alive whose anchor lies so long ago."""
    clause = ANCHORS[anchor] <= now - delay
    if anchor == "solved":
        clause = clause & (tickets.c.status_category == "solved")
    return clause & ALIVE


@contextmanager
def at_most(session: Session, milliseconds: int) -> Iterator[list[bool]]:
    """Statements within are cut after so long; what is yielded is no longer empty if one was."""
    was_cut: list[bool] = []
    try:
        with session.begin_nested():
            session.execute(
                text("SELECT set_config('statement_timeout', :limit, true)"),
                {"limit": str(max(milliseconds, 1))},
            )
            yield was_cut
    except DBAPIError as error:
        if getattr(error.orig, "pgcode", None) != _CANCELLED:
            raise
        was_cut.append(True)
