"""Whole lives of tickets out of events in any order, and what can be told of a life."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from libs.common.contracts.envelope import Event

UNFINISHED = ("new", "open", "pending", "on_hold")


@dataclass
class Ticket:
    """All that was told of one ticket; `life` by seq, with times that never go back."""

    life: list[dict[str, Any]] = field(default_factory=list)
    clocks: list[dict[str, Any]] = field(default_factory=list)
    sent: dict[str, dict[str, Any]] = field(default_factory=dict)
    answered: dict[str, dict[str, Any]] = field(default_factory=dict)
    uses: list[dict[str, Any]] = field(default_factory=list)
    checks: dict[str, dict[str, Any]] = field(default_factory=dict)
    tier: str | None = None

    @property
    def last(self) -> dict[str, Any]:
        return self.life[-1]


class Lives:
    """All tickets that were told of."""

    def __init__(self, events: Iterable[Event], zone: tzinfo) -> None:
        self.zone = zone
        self.tickets: dict[str, Ticket] = {}
        customers: dict[str, dict[int, tuple[datetime, str | None]]] = {}
        raw: dict[str, dict[int, dict[str, Any]]] = {}
        for event in events:
            if event.type.startswith("customer."):
                states = customers.setdefault(str(event.data["customer_id"]), {})
                states[event.data["version"]] = (event.time, event.data["tier"])
                continue
            ticket = self.tickets.setdefault(str(event.data["ticket_id"]), Ticket())
            if event.type.startswith("ticket."):
                lives = raw.setdefault(str(event.data["ticket_id"]), {})
                lives[event.data["seq"]] = {**event.data, "type": event.type}
            else:
                self._take(ticket, event)
        for key, ticket in self.tickets.items():
            ticket.life = self._lay_out(raw[key])
            ticket.tier = self._tier(customers.get(str(ticket.last["customer_id"]), {}), ticket)

    def _take(self, ticket: Ticket, event: Event) -> None:
        data = event.data
        if event.type == "clock.changed":
            ticket.clocks += [{**one, "revision": data["revision"]} for one in data["clocks"]]
        elif event.type == "clock.breached":
            ticket.clocks.append({**data, "state": "breached", "is_breached": True})
        elif event.type == "survey.sent":
            ticket.sent[str(data["survey_id"])] = data
        elif event.type == "survey.answered":
            ticket.answered[str(data["survey_id"])] = data
        elif event.type.startswith("quality."):
            key = str(data["review_id"])
            known = ticket.checks.get(key)
            if known is None or known["version"] < data["version"]:
                ticket.checks[key] = data
        elif event.type == "suggestion.used":
            ticket.uses.append(data)

    def _lay_out(self, by_seq: dict[int, dict[str, Any]]) -> list[dict[str, Any]]:
        life = [by_seq[seq] for seq in sorted(by_seq)]
        now = life[0]["created_at"]
        for fact in life:
            is_first = fact is life[0]
            now = now if is_first else max(now, fact["occurred_at"])
            fact["t"] = now
        return life

    def _tier(self, states: dict[int, Any], ticket: Ticket) -> str | None:
        tier, created_at = None, ticket.last["created_at"]
        for place, version in enumerate(sorted(states)):
            told_at, told = states[version]
            if place == 0 or told_at <= created_at:
                tier = told
        return tier

    def day(self, instant: datetime) -> date:
        return instant.astimezone(self.zone).date()

    # What happened to a ticket.

    def breach(self, ticket: Ticket) -> datetime | None:
        """The earliest due time of a clock whose newest word is that it was broken."""
        found = []
        for clock_id in {str(one["clock_id"]) for one in ticket.clocks}:
            told = [one for one in ticket.clocks if str(one["clock_id"]) == clock_id]
            newest = max(one["revision"] for one in told)
            for one in told:
                if one["revision"] == newest and one["is_breached"] and one["due_at"]:
                    found.append(one["due_at"])
        return min(found) if found else None

    def in_hours(self, ticket: Ticket, target: str, at: datetime) -> int | None:
        """Seconds of the policy's hours, of the clock that was met at that instant."""
        result = None
        for clock_id in {str(one["clock_id"]) for one in ticket.clocks}:
            told = [one for one in ticket.clocks if str(one["clock_id"]) == clock_id]
            told.sort(key=lambda one: one["revision"])
            if told[-1]["state"] == "cancelled" and told[-1].get("stopped_at") is None:
                continue
            for one in told:
                if one["target"] == target and one["state"] == "met" and one["stopped_at"] == at:
                    result = one["elapsed_seconds"]
        return result

    def solvings(self, ticket: Ticket) -> list[int]:
        """Places in the life at which an unfinished ticket became solved."""
        life = ticket.life
        return [
            n
            for n in range(1, len(life))
            if life[n]["status_category"] == "solved"
            and life[n - 1]["status_category"] in UNFINISHED
        ]

    def reopenings(self, ticket: Ticket) -> list[int]:
        life = ticket.life
        return [
            n
            for n in range(1, len(life))
            if life[n]["status_category"] in UNFINISHED
            and life[n - 1]["status_category"] not in UNFINISHED
            and life[n]["type"] not in ("ticket.restored", "ticket.unmerged")
        ]

    def standing(self, ticket: Ticket, place: int) -> int | None:
        """The solving whose solution stood just before that place, if one did."""
        earlier = [n for n in self.solvings(ticket) if n < place]
        since = [n for n in self.reopenings(ticket) if n < place]
        if not earlier or (since and since[-1] > earlier[-1]):
            return None
        return earlier[-1]

    def spent(self, ticket: Ticket, until: int, categories: tuple[str, ...]) -> int:
        total = timedelta(0)
        for n in range(until):
            if ticket.life[n]["status_category"] in categories:
                total += ticket.life[n + 1]["t"] - ticket.life[n]["t"]
        return int(total / timedelta(seconds=1))

    def is_public_reply(self, fact: dict[str, Any]) -> bool:
        if fact["actor"]["kind"] != "staff":
            return False
        return fact["type"] == "ticket.replied" or (
            fact["type"] == "ticket.solved" and bool(fact["notify_customer"])
        )

    def transfers(self, ticket: Ticket) -> list[dict[str, Any]]:
        return [
            fact
            for fact in ticket.life
            if fact["type"] == "ticket.transferred"
            and fact["from_group_id"] is not None
            and fact["from_group_id"] != fact["to_group_id"]
        ]

    def at(self, ticket: Ticket, instant: datetime) -> dict[str, Any]:
        found = ticket.life[0]
        for fact in ticket.life:
            if fact["t"] <= instant:
                found = fact
        return found

    # Whose it is.

    def keys(
        self,
        ticket: Ticket,
        fact: dict[str, Any],
        agent: Any = None,
        group: Any = None,
        department: Any = None,
    ) -> dict[str, str]:
        """By dimension; of the category the ids of all that it counts in, from the top down."""
        last = ticket.last
        found = {
            "kind": last["kind"],
            "channel": last["channel"],
            "tier": ticket.tier,
            "region": last["scope"]["region"],
            "urgency": fact["urgency"],
            "group": fact["group_id"] if group is None else group,
            "department": fact["scope"]["department"] if department is None else department,
            "category": "/".join(str(one) for one in last.get("category_path") or ()),
            "agent": fact["assignee_id"] if agent is None else agent,
            "status": last["status"],
            "score": last["score"],
        }
        return {name: "" if value in (None, "") else str(value) for name, value in found.items()}

    def solver(self, fact: dict[str, Any]) -> Any:
        if fact["assignee_id"] is None and fact["actor"]["kind"] == "staff":
            return fact["actor"]["id"]
        return None
