"""Drill-down (钻取): the tickets behind a figure, each act or stay that was counted."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select, text, union_all
from sqlalchemy.orm import Session

from libs.common.cursor import decode_cursor, encode_cursor
from services.reporting.domain import metrics as words
from services.reporting.domain.measures import MEASURES
from services.reporting.domain.metrics import Metric
from services.reporting.domain.periods import Period
from services.reporting.domain.vocabulary import CATEGORY
from services.reporting.queries.asking import Asked, Filters
from services.reporting.storage.measuring import condition_of

Json = dict[str, Any]
_DAY = timedelta(days=1)
# Where what is shown of a ticket is not of the metric's own unit: a good rate is made of scores.
_SHOWN_IN: Mapping[str | None, str] = {
    **{None: "count", "days": "count", "points": "count"},
    "score": "score",
}
_SHOWN = (
    "at, ticket_id, what, nth, value, number, status, agent_id, group_id, kind, channel, urgency"
)


@dataclass(frozen=True)
class Drill:
    """Which figure: a metric in a period, and of a report's row its dimension and key."""

    metric: Metric
    period: Period
    by: str | None = None
    key: str | None = None


def within(asked: Asked, drill: Drill) -> Asked | None:
    """The row's key as one more filter; None where it contradicts one."""
    if drill.by is None or drill.key is None:
        return asked
    keys = dict(asked.filters.keys)
    if drill.by == CATEGORY and CATEGORY in keys:
        # The row may be above or below what is filtered: both must hold.
        return replace(asked, filters=replace(asked.filters, row=drill.key))
    if drill.by in keys and drill.key not in keys[drill.by]:
        return None
    keys[drill.by] = (drill.key,)
    return Asked(asked.actor, Filters(keys, asked.filters.scores), asked.marked)


def list_tickets_of(
    session: Session, asked: Asked, drill: Drill, today: date, cursor: str | None, limit: int
) -> Json:
    """The newest first. As many items as the figure's `count` says."""
    narrowed = within(asked, drill)
    if narrowed is None:
        return {"items": [], "next_cursor": None}
    parts, given = _parts(narrowed, drill, today)
    query = _page(parts, cursor, limit + 1)
    rows = session.execute(query, {**given, **_after(cursor)}).all()
    more = rows[limit - 1] if len(rows) > limit else None
    return {
        "items": [_show(row, drill.metric) for row in rows[:limit]],
        "next_cursor": _cursor(more) if more is not None else None,
    }


def count_tickets_of(session: Session, asked: Asked, drill: Drill, today: date) -> int:
    """How many they are."""
    narrowed = within(asked, drill)
    if narrowed is None:
        return 0
    parts, given = _parts(narrowed, drill, today)
    listed = (parts[0] if len(parts) == 1 else union_all(*parts)).cte("listed")
    return int(session.scalar(select(text("count(*)")).select_from(listed), given) or 0)


def stream_tickets_of(
    session: Session, asked: Asked, drill: Drill, today: date, at_once: int
) -> Iterator[Sequence[Row[Any]]]:
    """All of them in the same order, so many at once: the database keeps the rest."""
    narrowed = within(asked, drill)
    if narrowed is None:
        return
    parts, given = _parts(narrowed, drill, today)
    streamed = {"yield_per": at_once}
    yield from session.execute(
        _page(parts, None, None), given, execution_options=streamed
    ).partitions()


def _parts(asked: Asked, drill: Drill, today: date) -> tuple[list[Select[Any]], Json]:
    """One query a sum that is counted, and the parameters of all."""
    found, given = [], {"first": drill.period.first, "last": drill.period.last}
    given |= {"before": drill.period.first - _DAY, "until": min(drill.period.last, today)}
    for name in drill.metric.counted:
        if name in MEASURES:
            query, more = _acts(asked, name, drill.metric.shows)
        elif name == words.OPEN_DAYS:
            query, more = _open_days(asked)
        else:
            query, more = _stays(asked, "before" if name == words.AT_START else "last")
        found.append(query)
        given |= more
    return found, given


def _acts(asked: Asked, name: str, shows: str | None) -> tuple[Select[Any], Json]:
    parts, given = asked.condition("acts")
    value = "NULL" if shows is None else f"acts.{shows}::int"
    columns = (
        f"acts.at, acts.ticket_id, acts.what, acts.nth, {value} AS value, tickets.number, "
        "tickets.status, acts.agent_id, acts.group_id, acts.kind, acts.channel, acts.urgency"
    )
    query = (
        select(text(columns))
        .select_from(text("acts JOIN tickets ON tickets.ticket_id = acts.ticket_id"))
        .where(
            text("acts.day BETWEEN :first AND :last"),
            text(condition_of(MEASURES[name])),
            *parts,
        )
    )
    return query, given


_STAY = (
    "stays.started_at AS at, stays.ticket_id, 'unresolved' AS what, stays.nth, {value} AS value, "
    "tickets.number, tickets.status, stays.agent_id, stays.group_id, stays.kind, stays.channel, "
    "stays.urgency"
)
_OF_TICKETS = "stays JOIN tickets ON tickets.ticket_id = stays.ticket_id"


def _stays(asked: Asked, day: str) -> tuple[Select[Any], Json]:
    parts, given = asked.condition("stays")
    query = (
        select(text(_STAY.format(value="NULL::int")))
        .select_from(text(_OF_TICKETS))
        .where(
            text(f"stays.start_day <= :{day}"),
            text(f"(stays.end_day IS NULL OR stays.end_day > :{day})"),
            *parts,
        )
    )
    return query, given


def _open_days(asked: Asked) -> tuple[Select[Any], Json]:
    """Each stay with the days of the period at whose end it was unresolved."""
    parts, given = asked.condition("stays")
    days = (
        "(least(coalesce(stays.end_day - 1, CAST(:until AS date)), CAST(:until AS date)) "
        "- greatest(stays.start_day, CAST(:first AS date)) + 1)"
    )
    query = (
        select(text(_STAY.format(value=days)))
        .select_from(text(_OF_TICKETS))
        .where(text(f"{days} > 0"), text("stays.start_day <= :until"), *parts)
    )
    return query, given


def _page(parts: Sequence[Select[Any]], cursor: str | None, limit: int | None) -> Select[Any]:
    listed = (parts[0] if len(parts) == 1 else union_all(*parts)).cte("listed")
    query = select(text(_SHOWN)).select_from(listed)
    if cursor is not None:
        behind = "(at, ticket_id, what, nth) < (:after_at, :after_id, :after_what, :after_nth)"
        query = query.where(text(behind))
    order = "at DESC, ticket_id DESC, what DESC, nth DESC"
    return query.order_by(text(order)).limit(limit)


def _after(cursor: str | None) -> Json:
    if cursor is None:
        return {}
    at, ticket_id, what, nth = decode_cursor(cursor, 4, datetime, UUID, str, int)
    return {"after_at": at, "after_id": ticket_id, "after_what": what, "after_nth": nth}


def _cursor(row: Any) -> str:
    return encode_cursor([row.at, row.ticket_id, row.what, row.nth])


def _show(row: Any, metric: Metric) -> Json:
    return {
        "ticket_id": str(row.ticket_id),
        "number": row.number,
        "status": row.status,
        "at": row.at,
        "what": row.what,
        "value": row.value,
        "unit": _SHOWN_IN.get(metric.shows, metric.unit),
        "agent_id": str(row.agent_id) if row.agent_id else None,
        "group_id": str(row.group_id) if row.group_id else None,
    }
