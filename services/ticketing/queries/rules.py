"""Triggers and automations: shown with what they did last, their runs, and trials of them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Row, Uuid, and_, bindparam, select, text, true
from sqlalchemy.orm import Session

from libs.common import scope
from libs.common.actor import Actor
from libs.common.cursor import decode_cursor, encode_cursor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import NotFound, field_error
from services.ticketing.domain.rules import TRIGGER
from services.ticketing.queries.scoping import TICKET_SCOPE
from services.ticketing.queries.shapes import show_instant
from services.ticketing.queries.staleness import problem_of
from services.ticketing.queries.views import COUNTED_TO
from services.ticketing.storage.known_things import KnownThings
from services.ticketing.storage.rule_rows import EVENT_NAMES, list_rules
from services.ticketing.storage.rule_tables import rule_runs, rules
from services.ticketing.storage.tables import tickets
from services.ticketing.storage.versioned_rows import find_row

Json = dict[str, Any]

LIMIT = 100

# To one beyond a thousand for each; they are few, and their runs stand in one index.
_FIGURES = text(
    "SELECT given.rule_id, last.ran_at, counted.runs "
    "FROM unnest(CAST(:ids AS uuid[])) AS given (rule_id) "
    "LEFT JOIN LATERAL (SELECT ran_at FROM rule_runs WHERE rule_runs.rule_id = given.rule_id "
    "ORDER BY run_id DESC LIMIT 1) AS last ON true "
    "CROSS JOIN LATERAL (SELECT count(*) AS runs FROM (SELECT 1 FROM rule_runs "
    "WHERE rule_runs.rule_id = given.rule_id LIMIT :enough) AS known) AS counted"
)


def show_rules(uow: UnitOfWork, kind: str) -> Json:
    """All of a kind in their order: {items}, and for triggers the `events` there are."""
    shown = {"items": _shown(uow.session, list_rules(uow.session, kind))}
    return {**shown, "events": list(EVENT_NAMES)} if kind == TRIGGER else shown


def get_rule(uow: UnitOfWork, kind: str, rule_id: UUID) -> Json:
    """One of them; raises NotFound."""
    [shown] = _shown(uow.session, [_find(uow.session, kind, rule_id)])
    return shown


def list_runs(
    uow: UnitOfWork,
    actor: Actor,
    kind: str,
    rule_id: UUID,
    limit: int = 25,
    cursor: str | None = None,
) -> Json:
    """What it did, the newest first: {items, next_cursor}.

    Of tickets outside the actor's scope neither number nor subject is told.
    """
    _find(uow.session, kind, rule_id)
    if not isinstance(limit, int) or not 1 <= limit <= LIMIT:
        raise field_error("limit", f"must be 1 to {LIMIT}", "filter.invalid")
    visible = and_(tickets.c.ticket_id == rule_runs.c.ticket_id, scope.visible(actor, TICKET_SCOPE))
    before = (
        rule_runs.c.run_id < bindparam("before", decode_cursor(cursor, 1, UUID)[0], Uuid)
        if cursor
        else true()
    )
    statement = (
        select(rule_runs, tickets.c.number, tickets.c.subject)
        .select_from(rule_runs.outerjoin(tickets, visible))
        .where(rule_runs.c.rule_id == rule_id, before)
        .order_by(rule_runs.c.run_id.desc())
        .limit(bindparam("limit", limit + 1, Integer))
    )
    rows = uow.session.execute(statement).all()
    return {
        "items": [_show_run(row) for row in rows[:limit]],
        "next_cursor": encode_cursor([rows[limit - 1].run_id]) if len(rows) > limit else None,
    }


def _find(session: Session, kind: str, rule_id: UUID) -> Row[Any]:
    row = find_row(session, rules, rule_id)
    if row is None or row.kind != kind:
        raise NotFound(f"{kind}.unknown", f"there is no such {kind}")
    return row


def _shown(session: Session, rows: Sequence[Row[Any]]) -> list[Json]:
    given = {"ids": [row.rule_id for row in rows], "enough": COUNTED_TO + 1}
    figures = {row.rule_id: row for row in session.execute(_FIGURES, given)} if rows else {}
    known = KnownThings(session)
    return [_show(row, figures, known) for row in rows]


def _show(row: Row[Any], figures: Mapping[UUID, Row[Any]], known: KnownThings) -> Json:
    figure = figures[row.rule_id]
    shown = {
        "rule_id": str(row.rule_id),
        "position": row.position,
        "name": row.name,
        "is_active": row.is_active,
        "condition": row.condition,
        "actions": row.actions,
        "last_run_at": show_instant(figure.ran_at),
        "runs": {"value": min(figure.runs, COUNTED_TO), "is_exact": figure.runs <= COUNTED_TO},
        "problem": problem_of(row.condition, known, row.actions),
        "updated_at": show_instant(row.updated_at),
        "version": row.version,
    }
    if row.anchor is None:
        return shown | {"events": row.events}
    return shown | {"anchor": row.anchor, "delay_minutes": row.delay_minutes}


def _show_run(row: Row[Any]) -> Json:
    ticket = row.number and {"number": row.number, "subject": row.subject}
    return {
        "run_id": str(row.run_id),
        "ticket": ticket,
        "cause": row.cause,
        "done": row.done,
        "skipped": row.skipped,
        "ran_at": show_instant(row.ran_at),
    }
