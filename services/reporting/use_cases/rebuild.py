"""Builds all figures anew from the archive, while they are read and events keep arriving.

The archive is read into the facts, in which nothing is lost that is older than the archive. Then
all tickets are folded into the shadow's tables, those that change meanwhile once more, and in one
transaction the shadow takes the place of what was. Each step is a transaction of its own: whoever
comes after a crash goes on where it stood.
"""

from datetime import datetime, tzinfo
from typing import Any
from uuid import UUID

from libs.common.clock import utc_now
from libs.common.database.unit_of_work import Database, UnitOfWork
from libs.common.errors import Conflict
from services.reporting.storage.archive import BEGINNING, archived_event, read_archive
from services.reporting.storage.customers import keep_states
from services.reporting.storage.facts import insert_facts, tickets_after
from services.reporting.storage.figures import in_shadow, keep_figures
from services.reporting.storage.rebuilds import (
    DONE,
    FOLDING,
    READING,
    SUMMING,
    Rebuild,
    claim_figures,
    empty_shadow,
    load_rebuild,
    save_rebuild,
    show_rebuild,
    swap_shadow,
    take_again,
    try_rebuilding,
)
from services.reporting.storage.tickets import lock_tickets, renew_headers
from services.reporting.use_cases.hear_events import folded, newest_headers, state_row
from services.reporting.use_cases.hearing import fact_rows
from services.reporting.use_cases.sum_up import sum_up_some

_EVENTS, _TICKETS, _LEFT = 500, 200, 200
_TIMEOUT = 120.0  # seconds


def start_rebuild(uow: UnitOfWork, now: datetime) -> dict[str, Any]:
    """Raises Conflict while one is under way."""
    # Whoever is changing figures just now does not know yet that tickets must be folded again.
    claim_figures(uow.session)
    rebuild = load_rebuild(uow.session)
    if rebuild.is_running:
        raise Conflict("rebuild.running", "the figures are being built anew already")
    empty_shadow(uow.session.connection())
    begun = Rebuild(READING, now, None, *BEGINNING, None, 0, 0)
    save_rebuild(uow.session, begun)
    return show_rebuild(begun)


def run_rebuild(database: Database, zone: tzinfo) -> bool:
    """The next step, if a rebuild is under way and nobody else does it; whether there was one."""
    with database.begin(timeout=_TIMEOUT) as uow:
        if not try_rebuilding(uow.session):
            return False
        rebuild = load_rebuild(uow.session)
        if not rebuild.is_running:
            return False
        if rebuild.phase == SUMMING and sum_up_some(database, zone, utc_now(), is_shadow=True):
            return True
        _STEPS[rebuild.phase](uow, rebuild, zone)
        save_rebuild(uow.session, rebuild)
        uow.commit()
        return True


def _read(uow: UnitOfWork, rebuild: Rebuild, zone: tzinfo) -> None:
    """Some of the archive into the facts, whatever stands there."""
    after = (rebuild.cursor_at or BEGINNING[0], rebuild.cursor_id or BEGINNING[1])
    rows = read_archive(uow.session, after, _EVENTS)
    events = [archived_event(row.body) for row in rows]
    if not events:
        rebuild.phase = FOLDING
        return
    renew_headers(
        uow.session, newest_headers(event for event in events if "ticket_id" in event.data)
    )
    facts = {
        (row["ticket_id"], row["source"], row["key"], row["occurred_at"]): row
        for event in events
        for row in fact_rows(event)
    }
    insert_facts(uow.session, list(facts.values()), renew=True)
    keep_states(
        uow.session, [state_row(event) for event in events if event.type.startswith("customer.")]
    )
    rebuild.cursor_at, rebuild.cursor_id = rows[-1].occurred_at, rows[-1].event_id
    rebuild.events += len(events)


def _fold(uow: UnitOfWork, rebuild: Rebuild, zone: tzinfo) -> None:
    """Some tickets into the shadow."""
    ids = tickets_after(uow.session, rebuild.ticket_id or UUID(int=0), _TICKETS)
    if not ids:
        rebuild.phase = SUMMING
        return
    _fold_into_shadow(uow, ids, zone)
    rebuild.ticket_id = ids[-1]
    rebuild.tickets += len(ids)


def _sum(uow: UnitOfWork, rebuild: Rebuild, zone: tzinfo) -> None:
    """What changed meanwhile; when little is left, the rest while nobody changes anything."""
    again = take_again(uow.session, _LEFT)
    if len(again) < _LEFT:
        # The tickets' locks come after this one everywhere else too.
        claim_figures(uow.session)
        again += take_again(uow.session, 10 * _LEFT)
    _fold_into_shadow(uow, again, zone)
    if len(again) < _LEFT:
        swap_shadow(uow.session.connection())
        rebuild.phase, rebuild.finished_at = DONE, utc_now()


def _fold_into_shadow(uow: UnitOfWork, ids: list[UUID], zone: tzinfo) -> None:
    in_shadow(uow.session)
    known = lock_tickets(uow.session, ids)
    keep_figures(uow.session, folded(uow.session, known, zone))


_STEPS = {READING: _read, FOLDING: _fold, SUMMING: _sum}
