"""Lives of tickets, policies and books for the tests of sla's domain."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from libs.common.calendars import Calendar, Hours, parse_weekly
from services.sla.domain.book import PolicyBook
from services.sla.domain.clocks import Clock
from services.sla.domain.facts import TicketFact
from services.sla.domain.folding import fold
from services.sla.domain.parsing import parse_policy
from services.sla.domain.policies import Policy
from services.sla.domain.vocabulary import CATEGORY_OF

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)
HOUR = 3600
IDS = UUID("0199a1b2-0000-7000-8000-000000000000")
CALENDAR_ID = uuid5(IDS, "calendar")
WORKDAYS = Calendar(SHANGHAI, parse_weekly({str(day): [["08:00", "18:00"]] for day in range(1, 6)}))


def clock_at(text: str) -> datetime:
    """`Tue 11:00` of the week of MONDAY, as people there say it."""
    day, _, time = text.partition(" ")
    hours, minutes = time.split(":")
    offset = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun").index(day)
    midnight = MONDAY.replace(hour=0) + timedelta(days=offset)
    return midnight.replace(hour=int(hours), minute=int(minutes))


class Life:
    """A ticket and all that happens to it; every act adds a fact."""

    def __init__(self, at: datetime = MONDAY, **state: Any) -> None:
        self.facts: list[TicketFact] = []
        self.created_at = at
        self._state: dict[str, Any] = {
            "status": "unassigned",
            "own_status": None,
            "urgency": "normal",
            "epoch": 0,
            "has_assignee": False,
            "is_accepted": False,
        }
        self._about: dict[str, Any] = {"tags": []}
        self.add("ticket.created", at, "customer", **state)

    @property
    def status(self) -> str:
        return str(self._state["status"])

    @property
    def is_finished(self) -> bool:
        return CATEGORY_OF[self.status] in ("solved", "closed")

    def add(self, type: str, at: datetime, actor: str = "staff", **changes: Any) -> "Life":
        """An event after which the ticket's header is changed so."""
        passing = {
            name: changes.pop(name)
            for name in ("is_auto_reply", "notify_customer")
            if name in changes
        }
        if "tags" in changes:
            self._about = {**self._about, "tags": changes.pop("tags")}
        self._state |= changes
        self._about = {**self._about, "urgency": self._state["urgency"]}
        fact = TicketFact(
            seq=len(self.facts) + 1,
            type=type,
            occurred_at=at.astimezone(UTC),
            created_at=self.created_at.astimezone(UTC),
            status_category=CATEGORY_OF[self._state["status"]],
            actor_kind=actor,
            about=self._about,
            **self._state,
            **passing,
        )
        self.facts.append(fact)
        return self

    def assign(self, at: datetime, actor: str = "system") -> "Life":
        epoch = self._state["epoch"] + 1
        return self.add(
            "ticket.assigned",
            at,
            actor,
            status="assigned",
            has_assignee=True,
            is_accepted=False,
            epoch=epoch,
        )

    def accept(self, at: datetime) -> "Life":
        return self.add("ticket.accepted", at, status="in_progress", is_accepted=True)

    def reply(self, at: datetime, actor: str = "staff") -> "Life":
        return self.add("ticket.replied", at, actor)

    def ask(self, at: datetime, *, is_auto_reply: bool = False) -> "Life":
        """The customer writes; a solved ticket is reopened by it, in ticketing's two events."""
        self.add("ticket.message_received", at, "customer", is_auto_reply=is_auto_reply)
        if self.status == "solved" and not is_auto_reply:
            return self.reopen(at, "customer")
        if self.status == "awaiting_customer" and not is_auto_reply:
            return self.move(at, self._working_status(), "customer")
        return self

    def move(self, at: datetime, status: str, actor: str = "staff") -> "Life":
        return self.add("ticket.status_changed", at, actor, status=status)

    def solve(self, at: datetime, *, notify_customer: bool = True) -> "Life":
        return self.add("ticket.solved", at, status="solved", notify_customer=notify_customer)

    def reopen(self, at: datetime, actor: str = "staff") -> "Life":
        return self.add("ticket.reopened", at, actor, status=self._working_status())

    def transfer(self, at: datetime, type: str = "ticket.transferred") -> "Life":
        epoch = self._state["epoch"] + 1
        return self.add(
            type, at, status="unassigned", has_assignee=False, is_accepted=False, epoch=epoch
        )

    def edit(self, at: datetime, **changes: Any) -> "Life":
        return self.add("ticket.edited", at, **changes)

    def close(self, at: datetime) -> "Life":
        return self.move(at, "closed")

    def _working_status(self) -> str:
        if not self._state["has_assignee"]:
            return "unassigned"
        return "in_progress" if self._state["is_accepted"] else "assigned"


def policy(name: str = "默认", *, hours: Hours | None = WORKDAYS, **values: Any) -> Policy:
    """A policy of the name; in calendar time where `hours` is None."""
    about = {
        key: values.pop(key) for key in ("revision", "position", "since", "until") if key in values
    }
    raw = {
        "name": name,
        "calendar_id": None if hours is None else str(CALENDAR_ID),
        "targets": {"first_reply": {"normal": 4 * HOUR}},
        **values,
    }
    return parse_policy(raw, policy_id=uuid5(IDS, name), **about)


def book(*policies: Policy, hours: Hours = WORKDAYS) -> PolicyBook:
    return PolicyBook(policies or (policy(),), {CALENDAR_ID: hours})


def clocks(life: Life, *policies: Policy, now: datetime | None = None) -> dict[Any, Clock]:
    """The clocks of a life, each by (target, cycle), of one policy or several."""
    found = fold(life.facts, book(*policies), now or life.facts[-1].occurred_at)
    return {(clock.target, clock.cycle): clock for clock in found}


def every(seconds: int) -> Mapping[str, int]:
    """The same for each urgency."""
    return dict.fromkeys(("normal", "urgent", "critical"), seconds)
