"""Events become facts, and facts figures; repeats and any order are borne."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import tzinfo
from typing import Any
from uuid import UUID

from libs.common.contracts.envelope import Event
from libs.common.crash_points import crash_point
from libs.common.database.unit_of_work import UnitOfWork
from services.reporting.domain.acts import Figures
from services.reporting.domain.facts import Tale
from services.reporting.domain.folding import fold
from services.reporting.storage.archive import archive_events
from services.reporting.storage.customers import (
    guard_customers,
    keep_states,
    load_tiers,
)
from services.reporting.storage.facts import insert_facts, load_tales
from services.reporting.storage.figures import keep_figures
from services.reporting.storage.rebuilds import fold_again, guard_figures
from services.reporting.storage.tickets import (
    Known,
    keep_headers,
    lock_tickets,
    note_missing,
    tickets_of,
)
from services.reporting.use_cases.hearing import fact_rows, header_of

Session = Any


def hear_events(uow: UnitOfWork, events: Sequence[Event], zone: tzinfo) -> None:
    """Archive them, keep their facts, and count the tickets that they are about anew."""
    guard_figures(uow.session)
    archive_events(uow.session, events)
    facts = [row for event in events for row in fact_rows(event)]
    if not facts:
        return
    headers = newest_headers(event for event in events if "ticket_id" in event.data)
    customers = {row["customer_id"] for row in headers if row.get("customer_id")}
    guard_customers(uow.session, customers)
    known = keep_headers(uow.session, headers)
    insert_facts(uow.session, facts)
    count_tickets(uow.session, known, zone)
    crash_point("after_figures_kept")


def hear_customers(uow: UnitOfWork, events: Sequence[Event], zone: tzinfo) -> None:
    """Keep what customers' tiers were; tickets whose tier is another one now are counted anew."""
    guard_figures(uow.session)
    archive_events(uow.session, events)
    ids = {event.data["customer_id"] for event in events}
    guard_customers(uow.session, ids, is_edit=True)
    before = load_tiers(uow.session, ids)
    keep_states(uow.session, [state_row(event) for event in events])
    after = load_tiers(uow.session, ids)
    changed = [key for key in ids if before.get(key) != after[key]]
    stale = [
        row.ticket_id
        for row in tickets_of(uow.session, changed)
        if row.customer_id not in before
        or before[row.customer_id].at(row.created_at) != after[row.customer_id].at(row.created_at)
    ]
    if stale:
        count_tickets(uow.session, lock_tickets(uow.session, stale), zone)


def state_row(event: Event) -> dict[str, Any]:
    """What a customer's event says of the tier."""
    data = event.data
    return {
        "customer_id": data["customer_id"],
        "version": data["version"],
        "told_at": event.time,
        "tier": data.get("tier"),
    }


def count_tickets(session: Session, known: Collection[Known], zone: tzinfo) -> None:
    """Fold locked tickets and keep their figures, by a few statements for all."""
    tales = load_known(session, known)
    figures = {key: fold(tale, zone) for key, tale in tales.items()}
    keep_figures(session, figures)
    note_missing(session, _missing(known, tales))
    fold_again(session, figures)


def load_known(session: Session, known: Collection[Known]) -> dict[UUID, Tale]:
    """All that is known of these tickets, their tiers included."""
    if not known:
        return {}
    since = min(one.facts_from for one in known)
    tales = load_tales(session, [one.ticket_id for one in known], since)
    tiers = load_tiers(session, {one.customer_id for one in known if one.customer_id})
    for one in known:
        told = tiers.get(one.customer_id) if one.customer_id else None
        if told is not None and one.created_at is not None:
            tales[one.ticket_id].tier = told.at(one.created_at)
    return tales


def folded(session: Session, known: Collection[Known], zone: tzinfo) -> dict[UUID, Figures]:
    """The figures of tickets, not kept."""
    return {key: fold(tale, zone) for key, tale in load_known(session, known).items()}


def newest_headers(events: Iterable[Event]) -> list[dict[str, Any]]:
    """One row a ticket: the header with the highest seq, and since when there are facts."""
    rows: dict[UUID, dict[str, Any]] = {}
    for event in events:
        row = header_of(event)
        had = rows.setdefault(row["ticket_id"], row)
        since = min(had["facts_from"], row["facts_from"])
        newest = row if (had["seq"] or 0) < (row["seq"] or 0) else had
        rows[row["ticket_id"]] = {**newest, "facts_from": since}
    return list(rows.values())


def _missing(known: Iterable[Known], tales: Mapping[UUID, Tale]) -> dict[UUID, int]:
    """Where it is not what is written: how many events must be between those that are known."""
    found = {}
    for one in known:
        seqs = {fact.seq for fact in tales[one.ticket_id].tickets}
        missing = max(seqs, default=0) - len(seqs)
        if missing != one.missing:
            found[one.ticket_id] = missing
    return found
