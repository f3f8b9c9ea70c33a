"""Surveys as rows: begun by solvings, found by links, settled by answers and by time."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from libs.common.crypto import KeyRing, field_context
from services.notify.domain.surveys import OPEN, Course, SurveyStatus
from services.notify.storage.survey_tables import SurveyRow
from services.notify.storage.tables import TicketRow

_UNFINISHED = ("new", "open", "pending", "on_hold")
_PLAIN = {"synchronize_session": False}
# Rows that are not there yet cannot be locked: whoever begins or ends surveys of a ticket waits
# for whoever does the same.
_GUARD = text(
    "SELECT pg_advisory_xact_lock(hashtextextended(id, 8)) FROM unnest(CAST(:ids AS text[])) AS id"
)
_SCOPE = ("assignee", "group", "department", "region")
_MOVE = text(
    "UPDATE surveys AS old SET assignee_id = new.assignee_id, group_id = new.group_id, "
    "department_id = new.department_id, region_id = new.region_id, scope_seq = new.scope_seq "
    "FROM json_populate_recordset(NULL::surveys, CAST(:rows AS json)) AS new "
    "WHERE old.ticket_id = new.ticket_id AND old.scope_seq < new.scope_seq"
)


def guard_tickets(session: Session, ticket_ids: Iterable[UUID]) -> None:
    """One at a time for each ticket until the transaction ends, in one order."""
    session.execute(_GUARD, {"ids": sorted({str(one) for one in ticket_ids})})


def find_course(session: Session, ticket_id: UUID) -> Course:
    """What is known of the ticket beside the event at hand."""
    newest = session.scalar(
        select(func.max(SurveyRow.solved_seq)).where(SurveyRow.ticket_id == ticket_id)
    )
    copy = session.execute(
        select(TicketRow.seq, TicketRow.header).where(TicketRow.ticket_id == ticket_id)
    ).one_or_none()
    if copy is None:
        return Course(newest or 0)
    return Course(newest or 0, copy.seq, copy.header.get("status_category") not in _UNFINISHED)


def add_survey(session: Session, values: Mapping[str, Any]) -> bool:
    """Unless there is one about that solving; returns whether it is new."""
    added = insert(SurveyRow).values(dict(values)).on_conflict_do_nothing()
    return session.scalar(added.returning(SurveyRow.survey_id)) is not None


def supersede_older(session: Session, ticket_id: UUID, solved_seq: int) -> None:
    """Earlier surveys of the ticket that nobody has answered."""
    _end(
        session,
        SurveyStatus.SUPERSEDED,
        SurveyRow.ticket_id == ticket_id,
        SurveyRow.solved_seq < solved_seq,
        SurveyRow.status.in_(OPEN),
    )


def cancel_unsent(session: Session, ticket_id: UUID, before_seq: int) -> None:
    """Those that nobody was asked yet."""
    _end(
        session,
        SurveyStatus.CANCELLED,
        SurveyRow.ticket_id == ticket_id,
        SurveyRow.solved_seq < before_seq,
        SurveyRow.status == SurveyStatus.WAITING,
        SurveyRow.ordered_at.is_(None),
    )


def _end(session: Session, status: SurveyStatus, *conditions: Any) -> None:
    values = {"status": status, "header_encrypted": None, "next_look_at": None}
    session.execute(update(SurveyRow).where(*conditions).values(values).execution_options(**_PLAIN))


def scope_columns(ticket: Mapping[str, Any]) -> dict[str, Any]:
    """Whom a ticket concerns, from an event's data or a copy's header."""
    scope = ticket.get("scope") or {}
    return {f"{name}_id": scope.get(name) for name in _SCOPE}


def move_surveys(session: Session, tickets: Sequence[Mapping[str, Any]]) -> None:
    """Surveys go with their tickets; of two states of a ticket the one with the higher seq."""
    newest: dict[UUID, Mapping[str, Any]] = {}
    for ticket in sorted(tickets, key=lambda one: one["seq"]):
        newest[ticket["ticket_id"]] = ticket
    rows = [
        {"ticket_id": key, "scope_seq": newest[key]["seq"], **scope_columns(newest[key])}
        for key in sorted(newest)
    ]
    if rows:
        session.execute(_MOVE, {"rows": orjson.dumps(rows).decode()})


def lock_by_link(session: Session, survey_id: UUID | None, code: str | None) -> SurveyRow | None:
    """The survey of a link, locked until the transaction ends."""
    statement = select(SurveyRow).with_for_update()
    return session.scalars(statement.where(_of_link(survey_id, code))).one_or_none()


def find_by_link(session: Session, survey_id: UUID | None, code: str | None) -> SurveyRow | None:
    """The survey of a link."""
    return session.scalars(select(SurveyRow).where(_of_link(survey_id, code))).one_or_none()


def _of_link(survey_id: UUID | None, code: str | None) -> Any:
    return SurveyRow.survey_id == survey_id if survey_id else SurveyRow.code == code


def lock_due(session: Session, now: datetime, limit: int) -> list[SurveyRow]:
    """Those that are to be sent now, longest due first; others' are left to them."""
    statement = (
        select(SurveyRow)
        .where(
            SurveyRow.status == SurveyStatus.WAITING,
            SurveyRow.ordered_at.is_(None),
            SurveyRow.send_at <= now,
        )
        .order_by(SurveyRow.send_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(session.scalars(statement))


def lock_ordered(session: Session, now: datetime, limit: int) -> list[SurveyRow]:
    """Those that are on their way and to be looked after."""
    statement = (
        select(SurveyRow)
        .where(SurveyRow.status == SurveyStatus.WAITING, SurveyRow.next_look_at <= now)
        .order_by(SurveyRow.next_look_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(session.scalars(statement))


def expire_surveys(session: Session, now: datetime, limit: int) -> int:
    """Links that nobody used in time; returns how many."""
    late = (
        select(SurveyRow.survey_id)
        .where(SurveyRow.status.in_(OPEN), SurveyRow.expires_at <= now)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    values = {
        "status": SurveyStatus.EXPIRED,
        "header_encrypted": None,
        "next_look_at": None,
    }
    ended = (
        update(SurveyRow)
        .where(SurveyRow.survey_id.in_(late))
        .values(values)
        .returning(SurveyRow.survey_id)
    )
    return len(session.scalars(ended.execution_options(**_PLAIN)).all())


def deliveries_of(session: Session, surveys: Collection[SurveyRow]) -> dict[UUID, Any]:
    """By survey, the delivery that asks its customer: `status`, `channel`, `sent_at`.

    The newest one counts: what did not reach the customer on one channel goes on to the next.
    """
    if not surveys:
        return {}
    rows = session.execute(
        _DELIVERIES,
        {
            "customers": [one.customer_id for one in surveys],
            "keys": [occasion_key(one.survey_id) for one in surveys],
            "since": min(one.created_at for one in surveys),
        },
    )
    found = {row.occasion_key: row for row in rows}
    return {
        one.survey_id: found[key]
        for one in surveys
        if (key := occasion_key(one.survey_id)) in found
    }


_DELIVERIES = text(
    "SELECT wanted.occasion_key, d.status, d.channel, d.sent_at "
    "FROM unnest(CAST(:customers AS uuid[]), CAST(:keys AS text[])) "
    "  AS wanted (customer_id, occasion_key) "
    "JOIN delivery_keys k ON k.recipient_id = wanted.customer_id "
    "  AND k.occasion_key = wanted.occasion_key "
    "JOIN deliveries d ON d.delivery_id = k.delivery_id AND d.created_at >= :since "
    "ORDER BY d.status = 'sent', d.delivery_id"
)


def occasion_key(survey_id: UUID) -> str:
    """What makes asking a customer once."""
    return f"survey:{survey_id}"


def seal_header(keys: KeyRing, survey_id: UUID, header: Mapping[str, Any]) -> bytes:
    """What is told of the ticket when the customer is asked."""
    return keys.encrypt(orjson.dumps(header), header_context(survey_id))


def open_header(keys: KeyRing, row: SurveyRow) -> dict[str, Any]:
    """Raises Undecryptable."""
    if row.header_encrypted is None:
        return {}
    header: dict[str, Any] = orjson.loads(
        keys.decrypt(row.header_encrypted, header_context(row.survey_id))
    )
    return header


def header_context(survey_id: UUID) -> str:
    """What a sealed header is bound to."""
    return field_context("surveys", "header", survey_id)


def comment_context(survey_id: UUID) -> str:
    """What a sealed comment is bound to."""
    return field_context("surveys", "comment", survey_id)
