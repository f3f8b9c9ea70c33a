"""What a ticket is about, in the customer's own words; of a confidential one its subject alone."""

from typing import Any

from sqlalchemy import bindparam, select

from libs.common import scope
from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import NotFound
from services.ticketing.queries.scoping import SCOPE_COLUMNS, scope_of
from services.ticketing.storage.sealed_texts import open_entry
from services.ticketing.storage.tables import tickets, timeline_entries

_LONGEST = 4_000  # characters

_TICKET = select(
    tickets.c.ticket_id,
    tickets.c.number,
    tickets.c.subject,
    tickets.c.kind,
    tickets.c.created_at,
    tickets.c.is_confidential,
    *SCOPE_COLUMNS,
).where(tickets.c.number == bindparam("number"), tickets.c.deleted_at.is_(None))
# No entry is older than its ticket: partitions before it need not be looked at.
_FIRST = (
    select(timeline_entries)
    .where(
        timeline_entries.c.ticket_id == bindparam("ticket_id"),
        timeline_entries.c.created_at >= bindparam("created_at"),
        timeline_entries.c.direction == "in",
    )
    .order_by(timeline_entries.c.seq)
    .limit(1)
)


def get_wording(uow: UnitOfWork, actor: Actor, number: str) -> dict[str, Any]:
    """Subject, kind and the first thing the customer wrote; NotFound outside the actor's scope."""
    row = uow.session.execute(_TICKET, {"number": number}).one_or_none()
    if row is None or not scope.allows(actor, scope_of(row)):
        raise NotFound("ticket.not_found", "there is no such ticket")
    wanted = {"ticket_id": row.ticket_id, "created_at": row.created_at}
    first = None
    if not row.is_confidential:
        first = uow.session.execute(_FIRST, wanted).one_or_none()
    text = ""
    if first is not None:
        # A sealed entry has its text among the sealed words only.
        text = open_entry(uow.session, first).get("text", first.text) or ""
    return {
        "ticket_id": str(row.ticket_id),
        "number": row.number,
        "subject": row.subject,
        "kind": row.kind,
        "text": text[:_LONGEST],
    }
