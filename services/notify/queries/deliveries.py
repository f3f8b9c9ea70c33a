"""Deliveries as staff see them: never an address, never a text."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from libs.common.cursor import decode_cursor, encode_cursor
from services.notify.domain.deliveries import RecipientKind
from services.notify.storage.endpoints import find_endpoints
from services.notify.storage.readers import find_staff
from services.notify.storage.tables import DeliveryRow

Json = dict[str, Any]

MAX_DELIVERIES = 100


def search_deliveries(
    session: Session, wanted: dict[str, Any], limit: int, cursor: str | None
) -> Json:
    """The newest first; `wanted`: status, channel, occasion, number, each optional."""
    columns = {
        "status": DeliveryRow.status,
        "channel": DeliveryRow.channel,
        "occasion": DeliveryRow.occasion,
        "number": DeliveryRow.ticket_number,
    }
    statement = select(DeliveryRow).order_by(DeliveryRow.delivery_id.desc()).limit(limit + 1)
    for name, value in wanted.items():
        if value is not None:
            statement = statement.where(columns[name] == value)
    if cursor is not None:
        (after,) = decode_cursor(cursor, 1, UUID)
        statement = statement.where(DeliveryRow.delivery_id < after)
    rows = list(session.scalars(statement))
    more = len(rows) > limit
    shown = rows[:limit]
    following = encode_cursor([shown[-1].delivery_id]) if more else None
    names = _names(session, shown)
    return {"items": [show_delivery(row, names) for row in shown], "next_cursor": following}


def _names(session: Session, rows: Sequence[DeliveryRow]) -> dict[UUID, str]:
    """Of colleagues and robots. Customers are known by their tickets' numbers alone."""
    told: dict[str, set[UUID]] = {}
    for row in rows:
        if row.recipient_id:
            told.setdefault(row.recipient_kind, set()).add(row.recipient_id)
    people = find_staff(session, told.get(RecipientKind.PERSON, ()), ()).names()
    robots = find_endpoints(session, told.get(RecipientKind.ENDPOINT, ()))
    return {**people, **{robot_id: robot.name for robot_id, robot in robots.items()}}


def show_delivery(row: DeliveryRow, names: Mapping[UUID, str]) -> Json:
    """What became of it, and by which rule it was ordered."""
    return {
        "delivery_id": str(row.delivery_id),
        "occasion": row.occasion,
        "channel": row.channel,
        "other_channels": list(row.other_channels),
        "recipient_kind": row.recipient_kind,
        "recipient_id": str(row.recipient_id or row.customer_id),
        "recipient_name": names.get(row.recipient_id) if row.recipient_id else None,
        "ticket_id": row.ticket_id and str(row.ticket_id),
        "ticket_number": row.ticket_number,
        "rule_id": row.rule_id and str(row.rule_id),
        "status": row.status,
        "is_urgent": row.is_urgent,
        "attempts": row.attempts,
        "error": row.error,
        "created_at": row.created_at.isoformat(),
        "next_at": row.next_at and row.next_at.isoformat(),
        "sent_at": row.sent_at and row.sent_at.isoformat(),
    }
