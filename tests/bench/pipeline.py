"""The way of a form through the running system: ticket, somebody who is there, clocks, mail.

A group of its own with agents who are there takes what it sends, so that nothing else that waits is
disturbed; both stay behind, offline, with the tickets.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from libs.common.ids import uuid7
from tests.bench import requests
from tests.bench.cpu import cpu_seconds, per_ticket
from tests.bench.load import measure
from tests.demo.desk import Desk
from tests.demo.story import Outside
from tests.demo.team import Team, kept_online, put_rule_first, remove_rule

_AGENTS, _CAPACITY = 8, 1000
_SENDERS = 8
_PATIENCE = 300.0  # seconds
_PAUSE = 0.5
_LOOK = 0.02
_IDLE = 30  # forms, one after the other

# Rows of tickets that came after an id of ours: ids are in the order of time.
_STAGES = {
    "tickets": ("ticketing", "SELECT count(*) FROM tickets WHERE ticket_id > '{first}'"),
    "mails": (
        "notify",
        "SELECT count(*) FROM deliveries WHERE ticket_id > '{first}' AND occasion = 'receipt'",
    ),
    "assigned": (
        "ticketing",
        "SELECT count(*) FROM tickets WHERE ticket_id > '{first}' AND assignee_id IS NOT NULL",
    ),
    "clocks": (
        "sla",
        "SELECT count(*) FROM clocks WHERE ticket_id > '{first}' AND target = 'accept'",
    ),
}

Scalar = Callable[[str, str], Any]


@dataclass(frozen=True)
class Line:
    """What the rows need of the running system."""

    outside: Outside
    door: str
    variables: Mapping[str, str]
    administrator: Desk
    scalar: Scalar
    tag: str

    @contextmanager
    def staffed(self) -> Iterator[str]:
        """Agents are there for forms with the mark that is given."""
        mark = f"({self.tag}-{uuid7().hex[-4:]})"
        team = Team(self.administrator, f"压测组{mark}")
        name = mark.strip("()")
        agents = [team.hire(f"{name}-{n}", f"压测{n}", capacity=_CAPACITY) for n in range(_AGENTS)]
        condition = {"field": "subject", "op": "contains", "value": mark}
        rule = {"name": f"压测{mark}", "condition": condition, "group_id": team.group_id}
        rule_id = put_rule_first(self.administrator, rule)
        try:
            with kept_online(agents):
                yield mark
        finally:
            remove_rule(self.administrator, rule_id)

    def assigned_idle(self) -> dict[str, Any]:
        """From handing a form in until its ticket has an assignee and a clock that runs."""
        with self.staffed() as mark:
            times = sorted(self._one(mark, number) for number in range(_IDLE))
        at = [times[int(len(times) * share)] * 1000 for share in (0.5, 0.95, 0.99)]
        row = {"name": "receipt → assigned, clock; idle", "p50": at[0], "p95": at[1], "p99": at[2]}
        return {**row, "note": "p95 must be under 1000 ms"}

    def _one(self, mark: str, number: int) -> float:
        form = requests.form(self.tag, 98, number, mark=mark)
        started = time.perf_counter()
        receipt = self.outside.form.send(form)
        ticket = receipt["number"] or self._poll(lambda: self.outside.form.receipt(receipt))
        path = f"/tickets/{ticket}"
        self._until(lambda: self.administrator.ask("GET", path)["assignee"])
        self._until(lambda: _runs(self.administrator.ask("GET", f"{path}/clocks")["items"]))
        return time.perf_counter() - started

    def _poll(self, ask: Callable[[], dict[str, Any]]) -> str:
        return str(self._until(lambda: ask()["number"]))

    def _until(self, look: Callable[[], Any]) -> Any:
        deadline = time.perf_counter() + 20
        while not (found := look()):
            if time.perf_counter() > deadline:
                raise TimeoutError("not within 20 s")
            time.sleep(_LOOK)
        return found

    def backlog(self, wanted: int) -> dict[str, Any]:
        """Forms as fast as the door takes them, until everything has been made of each.

        Each sender hands in the same number, so there are up to a few less than `wanted`.
        """
        wanted -= wanted % _SENDERS
        with self.staffed() as mark:
            first, before = uuid7(), self._cpu()
            started = time.perf_counter()
            refused = self._post(mark, wanted)
            accepted = time.perf_counter() - started
            reached = self._await_all(first, wanted - refused, started)
            cost = per_ticket(before, self._cpu(), wanted)
        took = max(reached.values())
        stages = ", ".join(f"{stage} {seconds:.0f} s" for stage, seconds in reached.items())
        note = f"{wanted} forms, accepted in {accepted:.0f} s; all {stages}; {cost}"
        rate = (wanted - refused) / took
        return {"name": "whole pipeline, backlog", "rate": rate, "floor": 50, "note": note}

    def _cpu(self) -> dict[str, float]:
        return cpu_seconds(self.variables["DATABASE_URL"])

    def _post(self, mark: str, wanted: int) -> int:
        each = wanted // _SENDERS
        form_path = f"/channels/forms/{self.variables['FORM_KEY']}"
        post = requests.posts(
            lambda w, n: form_path,
            lambda w, n: requests.form(self.tag, w, n, mark=mark),
            {"Prefer": "respond-async"},
            count=each,
        )
        return measure("forms", self.door, post, seconds=_PATIENCE, connections=_SENDERS).refused

    def _await_all(self, first: UUID, wanted: int, started: float) -> dict[str, float]:
        """When each stage was through with all of them, in seconds from the start."""
        reached: dict[str, float] = {}
        for stage in _STAGES:  # one count at a time: they cost what is measured
            while self._count(stage, first) < wanted:
                if time.perf_counter() - started > _PATIENCE:
                    raise TimeoutError(f"of {wanted} forms: {self._counts(first)}")
                time.sleep(_PAUSE)
            reached[stage] = time.perf_counter() - started
        return reached

    def _counts(self, first: UUID) -> dict[str, int]:
        return {stage: self._count(stage, first) for stage in _STAGES}

    def _count(self, stage: str, first: UUID) -> int:
        service, query = _STAGES[stage]
        return int(self.scalar(service, query.format(first=first)))


def _runs(clocks: list[dict[str, Any]]) -> bool:
    """Whether one has begun with the assignment: sla has heard of it."""
    return any(clock["target"] == "accept" and clock["state"] == "running" for clock in clocks)
