"""Shows on tickets what sla has found, and carries out what its policies want done about it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

from libs.common.contracts.envelope import Event
from libs.common.contracts.sla import AbnormalityFound, ClockBreached, StepReached
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.ids import uuid7
from services.ticketing.domain import checks
from services.ticketing.domain.act import Act
from services.ticketing.domain.automatic import RULES
from services.ticketing.domain.ticket import Ticket
from services.ticketing.storage.due_copies import keep_due_times
from services.ticketing.storage.entry_finders import entries_there
from services.ticketing.storage.ticket_finders import lock_by_ids
from services.ticketing.use_cases.acting import follow_actions
from services.ticketing.use_cases.keeping import keep

_CLOCK = ("target", "cycle", "due_at", "policy_name")
_SHOWN: dict[str, tuple[str, ...]] = {
    ClockBreached.type: _CLOCK,
    StepReached.type: (*_CLOCK, "step", "phase"),
    AbnormalityFound.type: ("facts",),
}


def follow_clocks(uow: UnitOfWork, events: Sequence[Event], now: datetime) -> None:
    """Copy due times; breaches and steps are shown, once each, and steps are carried out."""
    keep_due_times(uow.session, (event.data for event in events))
    show_and_act(uow, [event for event in events if event.type in _SHOWN], now)


def show_and_act(uow: UnitOfWork, events: Sequence[Event], now: datetime) -> None:
    """One entry for each, however often it comes, and then its actions."""
    if not events:
        return
    tickets = lock_by_ids(uow.session, (event.data["ticket_id"] for event in events))
    ids = [_entry_id(event) for event in events]
    of_tickets = (event.data["ticket_id"] for event in events)
    known = entries_there(uow.session, dict(zip(ids, of_tickets, strict=True)))
    for entry_id, event in zip(ids, events, strict=True):
        ticket = tickets.get(event.data["ticket_id"])
        if ticket is not None and not ticket.deleted_at and entry_id not in known:
            known.add(entry_id)
            _show(ticket, entry_id, event, now)
            _follow(uow.session, ticket, event, Act(RULES, now, uuid7, cause=event))
    keep(uow, *tickets.values())


def _entry_id(event: Event) -> UUID:
    """The same whenever the same is told again."""
    if event.type == AbnormalityFound.type:
        return uuid5(event.data["abnormality_id"], "found")
    return uuid5(event.data["clock_id"], f"{event.type}:{event.data.get('step', '')}")


def _show(ticket: Ticket, entry_id: UUID, event: Event, now: datetime) -> None:
    data = checks.storable(event.data)
    details = {name: _plain(data.get(name)) for name in _SHOWN[event.type]}
    if event.type == AbnormalityFound.type:
        # `kind` of an entry says what sort of entry it is.
        details["abnormality"] = data["kind"]
    ticket.tell_rule(entry_id, event.type, details, Act(RULES, now, uuid7, cause=event))


def _follow(session: Session, ticket: Ticket, event: Event, act: Act) -> None:
    reason = _reason(checks.storable(event.data))
    actions = checks.storable(event.data.get("actions") or ())
    follow_actions(session, ticket, actions, reason, act)


def _reason(data: dict[str, Any]) -> str:
    """Which rule wanted it, in the words of whoever wrote the rule."""
    words = (data.get("policy_name"), data.get("step"), data.get("kind"))
    return " · ".join(word for word in words if word)[: checks.REASON_LIMIT]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
