"""The floor where people work: groups, people, rules, and tickets that come in.

Time stands still unless a test moves it. Ticketing is played by `Life`: it answers proposals.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import text

from libs.common.clock import utc_now
from libs.common.contracts.envelope import Event
from libs.common.contracts.sla import ClockBreached, ClockChanged
from libs.common.database.unit_of_work import Database, UnitOfWork
from libs.common.directory.copying import keep_directory
from libs.common.ids import uuid7
from services.dispatch.storage import tables
from services.dispatch.storage.wakes import rules_changed, wake_everybody, wake_people
from services.dispatch.use_cases.drain import drain_group
from services.dispatch.use_cases.follow_tickets import follow_tickets
from tests.support import directory
from tests.support.tickets import Life, event_of

ZONE = ZoneInfo("Asia/Shanghai")


class Floor:
    """Runs use cases as the shell would, each in its own transaction."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = utc_now()
        self.lives: dict[UUID, Life] = {}
        self._positions = 0

    def pass_time(self, **length: float) -> None:
        """The clock goes on, and whoever is there shows that they are."""
        self.now += timedelta(**length)
        self.run("UPDATE presence SET heartbeat_at = :now", now=self.now)

    def group(self, name: str = "一线") -> UUID:
        made = directory.group(name=name)
        self._copy(made)
        return made.data["group_id"]

    def person(self, *groups: UUID, name: str = "李雷", state: str = "online", **own: Any) -> UUID:
        """Somebody of these groups; `own` are settings of theirs, `skills` {skill_id: level}."""
        made = directory.person(name=name, group_ids=list(groups), led_group_ids=[])
        self._copy(made)
        person_id = made.data["person_id"]
        self.set_presence(person_id, state)
        levels = own.pop("skills", {})
        if own or levels:
            self.insert(tables.agents, {"person_id": person_id, **_AGENT, **own})
        for skill_id, level in levels.items():
            row = {"person_id": person_id, "skill_id": skill_id, "level": level}
            self.insert(tables.agent_skills, row)
        return person_id

    def set_presence(self, person_id: UUID, state: str) -> None:
        self.run(
            "INSERT INTO presence (person_id, state, since, heartbeat_at) "
            "VALUES (:person_id, :state, :now, :now) ON CONFLICT (person_id) "
            "DO UPDATE SET state = excluded.state, heartbeat_at = excluded.heartbeat_at",
            person_id=person_id,
            state=state,
            now=self.now,
        )
        with self.acting() as uow:
            wake_people(uow.session, [person_id])

    def skill(self, key: str) -> UUID:
        skill_id = uuid7()
        row = {"skill_id": skill_id, "key": key, "name": key, "is_active": True, "version": 1}
        self.insert(tables.skills, row)
        return skill_id

    def rule(self, group_id: UUID, condition: dict[str, Any] | None = None, **fields: Any) -> UUID:
        """The next rule in the list; skills as {skill_id: level}."""
        self._positions += 1
        rule_id = uuid7()
        for name in ("required_skills", "preferred_skills"):
            needs = fields.get(name, {})
            fields[name] = [{"skill_id": str(one), "level": n} for one, n in needs.items()]
        row = {**_RULE, "rule_id": rule_id, "position": self._positions, "group_id": group_id}
        self.insert(tables.rules, {**row, "condition": condition or {"all": []}, **fields})
        with self.acting() as uow:
            rules_changed(uow.session)
        return rule_id

    def settings(self, **changes: Any) -> None:
        with self.acting() as uow:
            uow.session.execute(tables.settings.update().values(**changes))

    def customer(self, tier: str | None = None, language: str = "zh") -> UUID:
        customer_id = uuid4()
        self.run(
            "INSERT INTO customer_copies (customer_id, version, tier, language) "
            "VALUES (:customer_id, 1, :tier, :language)",
            customer_id=customer_id,
            tier=tier,
            language=language,
        )
        return customer_id

    def ticket(self, **fields: Any) -> Life:
        """A new ticket, of which dispatch has heard."""
        life = self.quiet_ticket(**fields)
        self.hear(life.create())
        return life

    def quiet_ticket(self, **fields: Any) -> Life:
        """A new ticket of which dispatch has not heard yet."""
        life = Life(created_at=fields.pop("created_at", self.now), **fields)
        self.lives[life.ticket_id] = life
        return life

    def hear(self, *events: Event) -> None:
        """One batch of events."""
        with self.acting() as uow:
            follow_tickets(uow, sorted(events, key=lambda one: one.subject), self.now, ZONE)

    def drain(self) -> None:
        """Decide all that can be decided."""
        while drain_group(self.database, self.now):
            pass

    def sweep(self) -> None:
        with self.acting() as uow:
            wake_everybody(uow.session)

    def answer(self) -> list[Event]:
        """Ticketing answers what was proposed since the last time, and dispatch hears it."""
        proposals = self.take("assignment.proposed")
        answers = [self.lives[UUID(one["ticket_id"])].answer(one) for one in proposals]
        if answers:
            self.hear(*answers)
        return answers

    def work(self) -> None:
        """Until nothing moves any more."""
        self.drain()
        while self.answer():
            self.drain()

    def breach_accept(self, life: Life, epoch: int | None = None) -> Event:
        data = {
            **self._due(life),
            "clock_id": uuid7(),
            "target": "accept",
            "cycle": 1,
            "due_at": self.now,
            "assignee_id": life.assignee_id,
            "assignment_epoch": life.epoch if epoch is None else epoch,
        }
        return event_of(ClockBreached, life.ticket_id, self.now, data)

    def due(self, life: Life, revision: int, next_due_at: datetime | None) -> Event:
        data = {**self._due(life), "revision": revision, "next_due_at": next_due_at, "clocks": []}
        return event_of(ClockChanged, life.ticket_id, self.now, data)

    def _due(self, life: Life) -> dict[str, Any]:
        known = {"ticket_id": life.ticket_id, "number": life.number, "revision": 1}
        return {**known, "next_due_at": None, "is_overdue": False, "occurred_at": self.now}

    def told(self, event_type: str) -> list[dict[str, Any]]:
        """The data of the events that stand in the outbox."""
        rows = self.rows("SELECT body FROM outbox WHERE type = :t ORDER BY outbox_id", t=event_type)
        return [orjson.loads(row.body)["data"] for row in rows]

    def take(self, event_type: str) -> list[dict[str, Any]]:
        """The same, which then are published."""
        found = self.told(event_type)
        self.run("DELETE FROM outbox WHERE type = :t", t=event_type)
        return found

    def holder(self, life: Life) -> UUID | None:
        """Who has the ticket, or is proposed for it."""
        return self.scalar(
            "SELECT person_id FROM assignments WHERE ticket_id = :id AND state <> 'ended'",
            id=life.ticket_id,
        )

    def state(self, life: Life) -> str | None:
        return self.scalar(
            "SELECT state FROM assignments WHERE ticket_id = :id AND state <> 'ended'",
            id=life.ticket_id,
        )

    def place(self, life: Life) -> Any:
        """Its row in a waiting list."""
        rows = self.rows("SELECT * FROM waiting WHERE ticket_id = :id", id=life.ticket_id)
        return rows[0] if rows else None

    def decisions(self, life: Life) -> Sequence[Any]:
        query = "SELECT * FROM decisions WHERE ticket_id = :id ORDER BY decided_at, decision_id"
        return self.rows(query, id=life.ticket_id)

    def load(self, person_id: UUID) -> tuple[int, int, int]:
        query = "SELECT load, active, grabbed FROM loads WHERE person_id = :id"
        rows = self.rows(query, id=person_id)
        return tuple(rows[0]) if rows else (0, 0, 0)

    @contextmanager
    def acting(self) -> Iterator[UnitOfWork]:
        with self.database.begin() as uow:
            yield uow
            uow.commit()

    def insert(self, table: Any, row: dict[str, Any]) -> None:
        with self.acting() as uow:
            uow.session.execute(table.insert(), row)

    def run(self, statement: str, **parameters: Any) -> None:
        with self.acting() as uow:
            uow.session.execute(text(statement), parameters)

    def rows(self, query: str, **parameters: Any) -> Sequence[Any]:
        with self.database.engine.connect() as connection:
            return connection.execute(text(query), parameters).all()

    def scalar(self, query: str, **parameters: Any) -> Any:
        with self.database.engine.connect() as connection:
            return connection.execute(text(query), parameters).scalar()

    def _copy(self, event: Event) -> None:
        with self.acting() as uow:
            keep_directory(uow.session, [event])


_AGENT: dict[str, Any] = {
    "capacity": None,
    "seniority": 0,
    "languages": [],
    "shift_id": None,
    "grab_quota": None,
    "is_automatic": True,
    "note": "",
    "version": 1,
}
_RULE: dict[str, Any] = {
    "name": "规则",
    "is_active": True,
    "mode": "push",
    "strategy": "least_loaded",
    "is_sticky": False,
    "matches_language": False,
    "overflow_group_ids": [],
    "grab_seconds": None,
    "version": 1,
}
