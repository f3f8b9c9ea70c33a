"""Mends what a restored backup or a fault has taken away, by ticketing's own word."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any

from marshmallow import ValidationError

from libs.common.contracts.ticketing import TicketEvent
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import InvalidInput
from services.sla.storage.book import guard_customers
from services.sla.storage.facts import insert_facts
from services.sla.storage.ticket_copies import keep_headers, seqs_of
from services.sla.use_cases.hear_tickets import fact_row, header_row
from services.sla.use_cases.settle import settle_tickets

# No event has this type: it tells how the ticket is, not that anything happened.
SEEN = "ticket.seen"
_HEADERS = TicketEvent(many=True, partial=("actor",))
_NOBODY = {"kind": "system"}


def reconcile_tickets(
    uow: UnitOfWork, items: Sequence[Any], zone: tzinfo, now: datetime
) -> dict[str, int]:
    """Copy headers that are newer than what is known; returns how many were.

    An event that was merely late takes the place of what was seen here when it comes.
    """
    headers = _read(items)
    known = seqs_of(uow.session, [header["ticket_id"] for header in headers])
    newer = {
        header["ticket_id"]: {**header, "actor": _NOBODY}
        for header in headers
        if known.get(header["ticket_id"], 0) < header["seq"]
    }
    if newer:
        guard_customers(uow.session, {header["customer_id"] for header in newer.values()})
        rows = [
            header_row(SEEN, one, min(one["created_at"], one["occurred_at"]))
            for one in newer.values()
        ]
        copies = keep_headers(uow.session, rows)
        insert_facts(uow.session, [fact_row(SEEN, one, is_seen=True) for one in newer.values()])
        settle_tickets(uow, copies, zone, now)
    return {"settled": len(newer)}


def _read(items: Sequence[Any]) -> list[dict[str, Any]]:
    try:
        headers: list[dict[str, Any]] = _HEADERS.load(items)
    except ValidationError as error:
        raise InvalidInput(
            "header.invalid", "no header of a ticket", {"errors": {"items": [str(error)]}}
        ) from None
    return headers
