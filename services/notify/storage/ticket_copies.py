"""What is known of tickets when others than ticketing tell of them; the highest seq holds."""

import logging
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from libs.common.crypto import KeyRing, Undecryptable, field_context
from services.notify.storage.tables import TicketRow

_log = logging.getLogger(__name__)

_KEPT = (
    "number",
    "status",
    "status_category",
    "urgency",
    "kind",
    "channel",
    "customer_id",
    "contact_id",
    "assignee_id",
    "group_id",
    "created_at",
    "tags",
)
_IDS = ("customer_id", "contact_id", "assignee_id", "group_id")
_FIND = text(
    "SELECT ticket_id, seq, header, subject_encrypted FROM ticket_copies "
    "WHERE ticket_id = ANY(CAST(:ids AS uuid[]))"
)
_BY_NUMBER = text(
    "SELECT ticket_id, seq, header, subject_encrypted FROM ticket_copies "
    "WHERE header->>'number' = :number"
)


def keep_tickets(session: Session, keys: KeyRing, tickets: Iterable[Mapping[str, Any]]) -> None:
    """`tickets`: data of ticketing's events, in any order."""
    newest: dict[UUID, Mapping[str, Any]] = {}
    for ticket in tickets:
        known = newest.get(ticket["ticket_id"])
        if known is None or known["seq"] < ticket["seq"]:
            newest[ticket["ticket_id"]] = ticket
    if not newest:
        return
    # In one order, so that replicas wait for one another and do not deadlock.
    rows = [_row(keys, newest[key]) for key in sorted(newest)]
    statement = insert(TicketRow).values(rows)
    new = statement.excluded
    changes = {name: new[name] for name in ("seq", "header", "subject_encrypted")}
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[TicketRow.ticket_id], set_=changes, where=TicketRow.seq < new.seq
        )
    )


def find_tickets(
    session: Session, keys: KeyRing, ids: Collection[UUID]
) -> dict[UUID, dict[str, Any]]:
    """Headers as events carry them, as far as they are known."""
    rows = session.execute(_FIND, {"ids": [str(one) for one in ids]}) if ids else ()
    return {row.ticket_id: _header(keys, row) for row in rows}


def find_ticket(session: Session, keys: KeyRing, number: str) -> dict[str, Any] | None:
    """One by its number."""
    row = session.execute(_BY_NUMBER, {"number": number}).one_or_none()
    return None if row is None else _header(keys, row)


def scope_of(header: Mapping[str, Any]) -> dict[str, UUID | None]:
    """A copy's scope as `libs.common.scope` judges it."""
    return {
        "assignee": header["assignee_id"],
        "group": header["group_id"],
        "department": _id(header.get("department_id")),
        "region": _id(header.get("region_id")),
        "requester": header["customer_id"],
    }


def subject_context(ticket_id: UUID) -> str:
    """What a sealed subject is bound to."""
    return field_context("ticket_copies", "subject", ticket_id)


def _row(keys: KeyRing, ticket: Mapping[str, Any]) -> dict[str, Any]:
    header = {name: ticket.get(name) for name in _KEPT}
    scope = ticket.get("scope") or {}
    header |= {"region_id": scope.get("region"), "department_id": scope.get("department")}
    sealed = keys.encrypt_text(ticket["subject"], subject_context(ticket["ticket_id"]))
    return {
        "ticket_id": ticket["ticket_id"],
        "seq": ticket["seq"],
        "header": orjson.loads(orjson.dumps(header)),
        "subject_encrypted": sealed,
    }


def _id(kept: str | None) -> UUID | None:
    return UUID(kept) if kept else None


def _header(keys: KeyRing, row: Any) -> dict[str, Any]:
    header = {**row.header, "ticket_id": row.ticket_id, "seq": row.seq}
    for name in _IDS:
        header[name] = header.get(name) and UUID(header[name])
    header["created_at"] = header.get("created_at") and datetime.fromisoformat(header["created_at"])
    try:
        header["subject"] = keys.decrypt_text(row.subject_encrypted, subject_context(row.ticket_id))
    except Undecryptable:
        _log.exception("the subject of ticket %s cannot be read", row.ticket_id)
        header["subject"] = ""
    return header
