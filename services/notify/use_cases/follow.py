"""What notify makes of events: copies, and happenings that people are told of."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from libs.common.contracts.envelope import Event
from libs.common.contracts.kb import ArticleExpiring, ArticleReviewDeclined
from libs.common.contracts.sla import StepReached
from libs.common.database.unit_of_work import UnitOfWork
from services.notify.domain.happenings import Happening
from services.notify.domain.notices import notices_of_closed_offer
from services.notify.domain.other_happenings import (
    happening_of_alert,
    happening_of_check,
    happening_of_expiry,
    happening_of_finding,
    happening_of_offer,
    happening_of_review,
    happening_of_step,
)
from services.notify.domain.planning import PROMISE_PATIENCE
from services.notify.domain.rules import IN_APP
from services.notify.domain.ticket_happenings import happening_of
from services.notify.storage import promises as promise_storage
from services.notify.storage.ticket_copies import find_tickets, keep_tickets
from services.notify.use_cases.desk import Desk
from services.notify.use_cases.notices import settle_people
from services.notify.use_cases.tell import tell

_FIRST, _WHOLE = "first_reply", "resolution"


def follow_events(uow: UnitOfWork, desk: Desk, now: datetime, events: Sequence[Event]) -> None:
    """Tickets' events, in any order: what is newest of them is copied, what they mean is told."""
    keep_tickets(uow.session, desk.keys, [event.data for event in events])
    found = [happening_of(event.type, event.data) for event in events]
    tell(uow, desk, now, [one for one in found if one is not None])


def tell_of_rules(uow: UnitOfWork, desk: Desk, now: datetime, events: Sequence[Event]) -> None:
    """Steps of policies and abnormalities."""
    tickets = _tickets(uow, desk, events)

    def happening(event: Event) -> Happening:
        ticket = tickets.get(event.data["ticket_id"])
        if event.type == StepReached.type:
            return happening_of_step(event.data, ticket)
        return happening_of_finding(event.data, ticket)

    tell(uow, desk, now, [happening(event) for event in events])


def tell_of_checks(uow: UnitOfWork, desk: Desk, now: datetime, events: Sequence[Event]) -> None:
    """Results of quality checks, and what became of appeals."""
    tickets = _tickets(uow, desk, events)
    found = [
        happening_of_check(one.type, one.data, tickets.get(one.data["ticket_id"])) for one in events
    ]
    tell(uow, desk, now, found)


def tell_of_offers(uow: UnitOfWork, desk: Desk, now: datetime, events: Sequence[Event]) -> None:
    """Tickets that may be grabbed."""
    tickets = _tickets(uow, desk, events)
    found = [happening_of_offer(one.data, tickets.get(one.data["ticket_id"])) for one in events]
    tell(uow, desk, now, found)


def settle_offers(uow: UnitOfWork, desk: Desk, now: datetime, events: Sequence[Event]) -> None:
    """What they were told of is over; where nobody is told of offers, nothing is."""
    if desk.shelf.current(uow.session).tells("offer", IN_APP):
        ended = [one for event in events for one in notices_of_closed_offer(event.data)]
        settle_people(uow, now, ended)


def tell_of_alerts(uow: UnitOfWork, desk: Desk, now: datetime, events: Sequence[Event]) -> None:
    """Access to the system."""
    tell(uow, desk, now, [happening_of_alert(event.data) for event in events])


def tell_of_reviews(uow: UnitOfWork, desk: Desk, now: datetime, events: Sequence[Event]) -> None:
    """Drafts that wait, such as came back, and articles whose time is nearly over."""
    declined, expiring = ArticleReviewDeclined.type, ArticleExpiring.type
    found = [
        happening_of_expiry(one.data)
        if one.type == expiring
        else happening_of_review(one.data, is_declined=one.type == declined)
        for one in events
    ]
    tell(uow, desk, now, found)


def keep_promises(uow: UnitOfWork, now: datetime, events: Sequence[Event]) -> None:
    """Copy what is promised; receipts that wait for it need not any more."""
    rows = [_promise(event.data) for event in events]
    promise_storage.keep_promises(uow.session, rows)
    promise_storage.release_receipts(
        uow.session, {row["ticket_id"] for row in rows}, now, PROMISE_PATIENCE.total_seconds()
    )


def _promise(changed: dict[str, Any]) -> dict[str, Any]:
    due = {clock["target"]: clock.get("due_at") for clock in changed["clocks"]}
    return {
        "ticket_id": changed["ticket_id"],
        "revision": changed["revision"],
        "first_reply_due_at": due.get(_FIRST),
        "resolution_due_at": due.get(_WHOLE),
    }


def _tickets(uow: UnitOfWork, desk: Desk, events: Sequence[Event]) -> dict[UUID, dict[str, Any]]:
    return find_tickets(uow.session, desk.keys, {event.data["ticket_id"] for event in events})
