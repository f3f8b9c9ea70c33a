"""What has happened to tickets, one row for each of their events."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from libs.common.conditions import facts_of
from libs.common.customers.finders import Customer, find_customers
from libs.common.database.rows import put_rows
from services.sla.domain.facts import TicketFact
from services.sla.storage.ticket_copies import TicketCopy

_NAMES = ("ticket_id", "seq", "occurred_at", "is_seen", "fact")
# Of a fact that the reconciler has seen and the event itself, the event holds.
_LOAD = text(
    "SELECT DISTINCT ON (ticket_id, seq) ticket_id, seq, occurred_at, fact FROM ticket_facts "
    "WHERE ticket_id = ANY(:ids) AND occurred_at >= :since "
    "ORDER BY ticket_id, seq, is_seen, occurred_at"
)


def insert_facts(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep them; those that are known already stay as they are."""
    put_rows(session, "ticket_facts", _NAMES, rows, "ON CONFLICT DO NOTHING")


def load_facts(
    session: Session, copies: Iterable[TicketCopy], zone: tzinfo
) -> dict[UUID, list[TicketFact]]:
    """All facts of the tickets, in two statements; `zone` is that of conditions' hours."""
    wanted = {copy.ticket_id: copy for copy in copies}
    if not wanted:
        return {}
    customers = find_customers(
        session, {UUID(copy.header["customer_id"]) for copy in wanted.values()}
    )
    since = min(copy.facts_from for copy in wanted.values())
    found: dict[UUID, list[TicketFact]] = defaultdict(list)
    for row in session.execute(_LOAD, {"ids": list(wanted), "since": since}):
        customer = customers.get(UUID(row.fact["customer_id"]))
        fact = fact_of(row.fact, row.seq, row.occurred_at, customer, zone)
        found[row.ticket_id].append(fact)
    return found


def fact_of(
    kept: Mapping[str, Any],
    seq: int,
    occurred_at: datetime,
    customer: Customer | None,
    zone: tzinfo,
) -> TicketFact:
    """A kept header in the domain's terms."""
    created_at = datetime.fromisoformat(kept["created_at"])
    about = facts_of(
        kept,
        tier=customer.tier if customer else None,
        language=customer.language if customer else None,
        zone=zone,
        now=created_at,
    )
    return TicketFact(
        seq=seq,
        type=kept["type"],
        occurred_at=occurred_at,
        created_at=created_at,
        status=kept["status"],
        status_category=kept["status_category"],
        # Facts kept by an earlier release do not tell.
        own_status=kept.get("own_status"),
        urgency=kept["urgency"],
        actor_kind=kept["actor_kind"],
        epoch=kept["assignment_epoch"],
        has_assignee=kept["assignee_id"] is not None,
        is_accepted=kept["accepted_at"] is not None,
        is_auto_reply=kept["is_auto_reply"],
        notify_customer=kept["notify_customer"],
        about=about,
    )
