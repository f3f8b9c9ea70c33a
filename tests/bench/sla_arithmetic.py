"""How fast sla reckons: due times, and the clocks of a whole ticket; on one core, without I/O."""

import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from libs.common.calendars import Calendar, parse_periods, parse_weekly
from services.sla.domain.book import PolicyBook
from services.sla.domain.facts import TicketFact
from services.sla.domain.folding import fold
from services.sla.domain.parsing import parse_policy

_IDS = UUID("0199a1b2-0000-7000-8000-000000000000")
_CALENDAR = uuid5(_IDS, "calendar")
_START = datetime(2026, 1, 1, tzinfo=UTC)
_DAY = [["09:00", "12:00"], ["13:00", "18:00"]]
# (after hours, event, status, category, actor, what else changes)
_LIFE: list[tuple[float, str, str, str, str, dict[str, Any]]] = [
    (0, "created", "unassigned", "new", "customer", {}),
    (0.1, "assigned", "assigned", "open", "system", {"epoch": 1, "has_assignee": True}),
    (0.3, "accepted", "in_progress", "open", "staff", {"is_accepted": True}),
    (1, "replied", "in_progress", "open", "staff", {}),
    (1.1, "status_changed", "awaiting_customer", "pending", "staff", {}),
    (20, "message_received", "awaiting_customer", "pending", "customer", {}),
    (20, "status_changed", "in_progress", "open", "customer", {}),
    (22, "note_added", "in_progress", "open", "staff", {}),
    (23, "replied", "in_progress", "open", "staff", {}),
    (27, "solved", "solved", "solved", "staff", {"notify_customer": True}),
    (40, "message_received", "solved", "solved", "customer", {"notify_customer": False}),
    (40, "reopened", "in_progress", "open", "customer", {}),
]


def measure_arithmetic(seconds: float) -> list[dict[str, Any]]:
    """The bench's rows: due times a second, and folds of a ticket of twelve events a second."""
    return [_due_times(seconds), _folds(seconds)]


def _due_times(seconds: float) -> dict[str, Any]:
    calendar, numbers = _calendar(), random.Random(1)
    cases = [
        (_START + timedelta(seconds=numbers.randrange(300 * 86_400)), numbers.randrange(200_000))
        for _ in range(1000)
    ]
    calendar.add(_START, 1)
    rate = _rate(lambda n: calendar.add(*cases[n % 1000]), seconds)
    note = "due times by one core: lunch breaks, holidays, up to 200,000 s"
    return {"name": "sla: due times", "rate": rate, "floor": 10_000, "note": note}


def _folds(seconds: float) -> dict[str, Any]:
    book, facts, now = _book(), list(_facts()), _START + timedelta(days=3)
    clocks = fold(facts, book, now)
    rate = _rate(lambda n: fold(facts, book, now), seconds)
    note = f"tickets of 12 events folded into {len(clocks)} clocks by one core"
    return {"name": "sla: folds", "rate": rate, "note": note}


def _rate(act: Callable[[int], Any], seconds: float) -> float:
    started = time.perf_counter()
    for number in count(1):
        act(number)
        if number % 100 == 0 and time.perf_counter() - started > seconds:
            break
    return number / (time.perf_counter() - started)


def _calendar() -> Calendar:
    holidays = {date(2026, month, day): () for month in range(1, 13) for day in (1, 2)}
    work = {date(2026, month, 8): parse_periods(_DAY) for month in range(1, 13)}
    weekly = parse_weekly({str(day): _DAY for day in range(1, 6)})
    return Calendar(ZoneInfo("Asia/Shanghai"), weekly, {**holidays, **work})


def _book() -> PolicyBook:
    """Like what is shipped: two policies for special tickets before the one for all."""
    hours = {"normal": 86_400, "urgent": 14_400, "critical": 7_200}
    targets = {"first_reply": hours, "next_reply": hours, "update": hours, "resolution": hours}
    special: list[dict[str, Any]] = [
        {"field": "tags", "op": "has_any", "value": ["app_crash"]},
        {"field": "kind", "op": "is", "value": "complaint"},
    ]
    policies = [
        parse_policy(
            {
                "name": f"policy {position}",
                "condition": condition,
                "calendar_id": str(_CALENDAR),
                "pause_statuses": ["awaiting_customer"],
                "targets": {**targets, "accept": hours, "status": {"assigned": 14_400}},
            },
            policy_id=uuid5(_IDS, str(position)),
            position=position,
        )
        for position, condition in enumerate([*special, {}])
    ]
    return PolicyBook(policies, {_CALENDAR: _calendar()})


def _facts() -> Iterator[TicketFact]:
    state: dict[str, Any] = {}
    for seq, (hours, type, status, category, actor, changes) in enumerate(_LIFE, 1):
        state |= changes
        yield TicketFact(
            seq=seq,
            type=f"ticket.{type}",
            occurred_at=_START + timedelta(hours=hours),
            created_at=_START,
            status=status,
            status_category=category,
            urgency="normal",
            actor_kind=actor,
            about={"kind": "inquiry", "tags": [], "urgency": "normal"},
            **state,
        )
