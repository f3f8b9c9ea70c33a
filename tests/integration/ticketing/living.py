"""A small world of tickets and people, in which whatever is done is compared with what was before.

Commands go through the service with its shell, so with permissions, scopes and command ids; what
other services tell and what time brings goes through the use cases that hear it.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import text

from libs.common.actor import Actor
from libs.common.blobs import Blobs
from libs.common.bus.call import Call
from libs.common.clock import utc_now
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import DeskError
from services.ticketing.service.rpc import Service
from tests.integration.ticketing import holding
from tests.integration.ticketing.desk import Desk, agent, requester, supervisor
from tests.integration.ticketing.hearing import colleague, team
from tests.support.actors import actor
from tests.support.directory import department

ZONE = ZoneInfo("Asia/Shanghai")
GATEWAY = Actor(None, "网关", "gateway", permissions=frozenset({"material.open", "material.send"}))

_KEYS = {
    "tickets": "ticket_id",
    "timeline_entries": "entry_id",
    "ticket_links": "link_id",
    "collaborations": "collaboration_id",
    "efforts": "effort_id",
    "material_requests": "request_id",
    "drafts": "draft_id",
    "problems": "problem_id",
    "attachments": "attachment_id",
    "received_messages": "message_id",
}
_ROWS = ", ".join(
    f"'{table}', (SELECT coalesce(jsonb_object_agg({key}, to_jsonb(t)), '{{}}') FROM {table} t)"
    for table, key in _KEYS.items()
)
_KEPT = text(
    f"SELECT jsonb_build_object({_ROWS}, 'events', (SELECT count(*) FROM outbox), "
    "'timers', (SELECT coalesce(jsonb_agg(jsonb_build_array(kind, key, due_at) "
    "ORDER BY kind, key), '[]') FROM timers))"
)
_TOLD = text("SELECT outbox_id, body FROM outbox WHERE outbox_id > :last ORDER BY outbox_id")
# Numbers stay taken: the serials of the day are kept from one life to the next.
_FORGET = text(
    "DELETE FROM problem_answer_items; DELETE FROM problem_answers;"
    + "".join(f"DELETE FROM {table};" for table in reversed(_KEYS))
    + "DELETE FROM ticket_bulk_items; DELETE FROM ticket_bulks; DELETE FROM outbox;"
    + "DELETE FROM timers; DELETE FROM ticket_search; DELETE FROM ticket_search_due;"
    + "DELETE FROM commands;"
)


class Organisation:
    """Who works here, and whom they serve; the same in all lives."""

    def __init__(self, desk: Desk) -> None:
        self.unit: UUID = uuid4()
        desk.learn(department(self.unit, name="技术部"))
        self.team = team(desk, "热线组")
        self.boss = supervisor("王主管")
        self.leader = supervisor("赵总")
        known = {name: colleague(desk, name).data["person_id"] for name in ("李雷", "韩梅梅")}
        self.li, self.han = (actor("agent", name, one) for name, one in known.items())
        helper_id = colleague(desk, "高工", department_id=self.unit).data["person_id"]
        # Sees what the own department is asked to help with, and what it is copied on.
        self.helper = replace(
            actor("agent", "高工", helper_id, watches=[str(helper_id), str(self.unit)]),
        )
        self.stranger = replace(agent("外人"), scopes={"tickets": "own"})
        self.chen, self.zhao = requester("陈先生"), requester("赵女士")
        self.staff = (
            *(self.boss, self.li, self.boss, self.han, self.boss),
            *(self.leader, self.helper, self.stranger),
        )


class World:
    """One life: what there is, what was said, and the clock, which only goes on."""

    def __init__(self, desk: Desk, service: Service, people: Organisation, blobs: Blobs) -> None:
        self.desk, self.service, self.people, self.blobs = desk, service, people, blobs
        with desk.database.begin() as uow:
            uow.session.execute(_FORGET)
            uow.commit()
        self.now = utc_now()
        self.links: dict[str, str] = {}
        self.was_merged: dict[str, dict[str, Any]] = {}
        self._last_event, self._said = 0, 0
        self._seqs: dict[str, int] = {}
        self.kept = self._look()

    def words(self) -> str:
        """A text that nobody has said yet."""
        self._said += 1
        return f"〔{self._said}〕"

    def pass_time(self, **delta: float) -> datetime:
        """Later."""
        self.now += timedelta(**delta)
        return self.now

    def number(self, spot: int) -> str:
        """One of the tickets, the oldest first."""
        tickets = sorted(self.kept["tickets"].values(), key=lambda one: one["number"])
        return str(tickets[spot % len(tickets)]["number"])

    def fitting(self, spot: int, fits: Callable[[dict[str, Any]], Any]) -> str:
        """One of the tickets that fit, if there are any; else any."""
        found = [one["number"] for one in self.kept["tickets"].values() if fits(one)]
        return str(sorted(found)[spot % len(found)]) if found else self.number(spot)

    def ticket(self, number: str) -> dict[str, Any]:
        """The row of the ticket."""
        rows = self.kept["tickets"].values()
        return next(row for row in rows if row["number"] == number)

    def one_of(self, table: str, spot: int, **columns: Any) -> Any:
        """The key of one of its rows; where there are none, one that never was."""
        fits = [
            key
            for key, row in sorted(self.kept[table].items())
            if all(row[name] == value for name, value in columns.items())
        ]
        return fits[spot % len(fits)] if fits else str(uuid4())

    def ask(
        self, method: str, who: Actor, /, *, says: str | None = None, **given: Any
    ) -> dict[str, Any] | None:
        """Have a command carried out twice under one id; None where it is refused.

        Refused it changes nothing; repeated it answers the same and changes nothing more.
        `says`: what must be found in some timeline afterwards.
        """
        self.pass_time(minutes=1)
        command_id = str(uuid4())
        try:
            answer = self._call(method, who, command_id, given)
        except DeskError:
            assert self._look() == self.kept, f"{method} was refused and changed something"
            return None
        self.judge(method, says)
        assert self._call(method, who, command_id, given) == answer, f"{method} answered otherwise"
        assert self._look() == self.kept, f"{method} repeated changed something"
        return answer

    def hear(self, name: str, use_case: Callable[[UnitOfWork], Any], says: str = "") -> None:
        """Another service tells something, twice."""
        self.pass_time(minutes=1)
        self.commit(use_case)
        self.judge(name, says)
        kept = self.kept
        self.commit(use_case)
        self.judge(name)
        # Whoever asks again may be answered again.
        assert self.kept | {"events": None} == kept | {"events": None}, f"{name} happened twice"

    def work(self, name: str, job: Callable[[datetime], Any]) -> Any:
        """A job does one thing; returns what the job does."""
        result = job(self.pass_time(minutes=1))
        self.judge(name)
        return result

    def judge(self, method: str, says: str | None = None) -> None:
        """Compare what is now with what was before `method`."""
        before, self.kept = self.kept, self._look()
        self._follow_events()
        holding.check_state(self.kept)
        holding.check_passage(method, before, self.kept)
        holding.check_entries(method, before, self.kept)
        self._check_merging(method, before)
        if says:
            holding.check_said(says, before, self.kept)

    def _call(self, method: str, who: Actor, command_id: str, given: dict[str, Any]) -> Any:
        call = Call(who, self.now, time.time() + 30, "r", command_id)
        answer = getattr(self.service, method)(call, **given)
        return orjson.loads(orjson.dumps(answer))

    def commit(self, use_case: Callable[[UnitOfWork], Any]) -> None:
        """Carry out what has no shell of its own."""
        with self.desk.database.begin() as uow:
            use_case(uow)
            uow.commit()

    def _look(self) -> dict[str, Any]:
        with self.desk.database.engine.connect() as connection:
            kept: dict[str, Any] = connection.execute(_KEPT).scalar_one()
        return kept

    def _follow_events(self) -> None:
        """What is told of a ticket is numbered without a gap, as its row says."""
        with self.desk.database.engine.connect() as connection:
            rows = connection.execute(_TOLD, {"last": self._last_event}).all()
        for row in rows:
            self._last_event, event = row.outbox_id, orjson.loads(row.body)
            if "seq" in event["data"] and event["type"].startswith("ticket."):
                seq, key = event["data"]["seq"], event["subject"]
                assert seq == self._seqs.get(key, 0) + 1, f"{event['type']} skipped a number"
                self._seqs[key] = seq
        for key, ticket in self.kept["tickets"].items():
            assert ticket["seq"] == self._seqs[key], f"{ticket['number']} told too little"

    def _check_merging(self, method: str, before: dict[str, Any]) -> None:
        """What is taken apart again is as it was before it was merged."""
        for key, after in self.kept["tickets"].items():
            earlier = before["tickets"].get(key)
            if earlier is None:
                continue
            if after["merged_into"] and not earlier["merged_into"]:
                self.was_merged[key] = earlier
            if earlier["merged_into"] and not after["merged_into"]:
                holding.check_restored(self.was_merged.pop(key), after)
