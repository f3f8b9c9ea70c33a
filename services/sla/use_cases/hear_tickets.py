"""Events of tickets become facts, and facts move clocks; repeats and any order are borne."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any
from uuid import UUID

from libs.common.contracts.envelope import Event
from libs.common.crash_points import crash_point
from libs.common.database.unit_of_work import UnitOfWork
from services.sla.storage.book import fall_behind, guard_customers
from services.sla.storage.facts import insert_facts
from services.sla.storage.ticket_copies import keep_headers
from services.sla.use_cases.find_complaints import find_complaints
from services.sla.use_cases.settle import settle_tickets

# A batch that is at least so large, and of which the newest event is so old, is one of a backlog.
_BACKLOG, _OLD = 50, timedelta(seconds=30)
_HELD = 10.0  # seconds for which a batch of a backlog holds timers back

_KEPT = (
    "kind", "urgency", "channel", "status", "status_category", "customer_id", "assignee_id",
    "group_id", "subject", "tags", "custom_fields", "accepted_at", "created_at",
    "score", "is_dissatisfied", "urge_count", "category_path", "own_status",
)  # fmt: skip


def hear_tickets(uow: UnitOfWork, events: Sequence[Event], zone: tzinfo, now: datetime) -> None:
    """Keep what happened, and bring the clocks of these tickets up to date."""
    newest: dict[UUID, Event] = {}
    for event in events:
        known = newest.get(event.data["ticket_id"])
        if known is None or known.data["seq"] < event.data["seq"]:
            newest[event.data["ticket_id"]] = event
    guard_customers(uow.session, {event.data["customer_id"] for event in events})
    first = _first_times(events)
    copies = keep_headers(
        uow.session,
        [header_row(event.type, event.data, first[key]) for key, event in newest.items()],
    )
    insert_facts(uow.session, [fact_row(event.type, event.data) for event in events])
    settle_tickets(uow, copies, zone, now, causes=newest)
    find_complaints(uow, [event.data for event in newest.values()], now, newest)
    if len(events) >= _BACKLOG and now - max(event.time for event in events) > _OLD:
        fall_behind(uow.session, _HELD)
    crash_point("after_tickets_heard")


def _first_times(events: Sequence[Event]) -> dict[UUID, datetime]:
    first: dict[UUID, datetime] = {}
    for data in (event.data for event in events):
        earliest = min(data["created_at"], data["occurred_at"])
        first[data["ticket_id"]] = min(earliest, first.get(data["ticket_id"], earliest))
    return first


def header_row(type_: str, data: Mapping[str, Any], facts_from: datetime) -> dict[str, Any]:
    """The ticket's row as this event tells it."""
    scope = data["scope"]
    return {
        "ticket_id": data["ticket_id"],
        "number": data["number"],
        "seq": data["seq"],
        "subject": data["subject"],
        "kind": data["kind"],
        "urgency": data["urgency"],
        "status": data["status"],
        "status_category": data["status_category"],
        "customer_id": data["customer_id"],
        "assignee_id": data["assignee_id"],
        "group_id": data["group_id"],
        "department_id": scope.get("department"),
        "region_id": scope.get("region"),
        "created_at": data["created_at"],
        "facts_from": facts_from,
        "header": kept_of(type_, data),
    }


def fact_row(type_: str, data: Mapping[str, Any], *, is_seen: bool = False) -> dict[str, Any]:
    """The event as it is kept; without anybody's words but the subject."""
    return {
        "ticket_id": data["ticket_id"],
        "seq": data["seq"],
        "occurred_at": data["occurred_at"],
        "is_seen": is_seen,
        "fact": kept_of(type_, data),
    }


def kept_of(type_: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """What clocks and conditions look at."""
    return {
        **{name: data.get(name) for name in _KEPT},
        "type": type_,
        "actor_kind": data["actor"]["kind"],
        "region_id": data["scope"].get("region"),
        "assignment_epoch": max(data["assignment_epoch"], data.get("epoch", 0)),
        "is_auto_reply": data.get("is_auto_reply", False),
        "notify_customer": data.get("notify_customer", False),
    }
