"""Ticketing, dispatch and sla with databases of their own; the bus is played, as bad as it may be.

Events arrive in any order, late, twice, in batches of any size; each part hears them by its own
handlers, with its inbox. Time is told to whatever takes it: an hour passes at once.
"""

import inspect
import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import orjson
from nameko.extensions import ENTRYPOINT_EXTENSIONS_ATTR
from sqlalchemy import text

from libs.common.bus.handling import Handler, Handling
from libs.common.bus.subscribe import Subscribe
from libs.common.clock import utc_now
from libs.common.config import Config
from libs.common.contracts.envelope import Event, dump_event, schema_of
from libs.common.database.unit_of_work import Database, UnitOfWork
from libs.common.directory.copying import keep_directory
from libs.common.ids import uuid7
from libs.common.timers import Timer, cancel_timers
from services.dispatch.service.events import Service as DispatchEvents
from services.dispatch.storage import tables
from services.dispatch.storage.wakes import wake_everybody
from services.dispatch.use_cases.drain import drain_group
from services.dispatch.use_cases.follow_tickets import reconcile_tickets as reconcile_dispatch
from services.dispatch.use_cases.offers import expire_offers, open_offers
from services.dispatch.use_cases.resend import resend_proposals, resend_withdrawals
from services.sla.service.events import Service as SlaEvents
from services.sla.use_cases.reconcile import reconcile_tickets as reconcile_sla
from services.sla.use_cases.ring_timers import ring_timers
from services.ticketing.queries.headers import list_headers
from services.ticketing.service.events import Service as TicketingEvents
from services.ticketing.use_cases.create_ticket import create_ticket
from tests.integration.ticketing.desk import message
from tests.support import directory
from tests.support.actors import actor

ZONE = ZoneInfo("Asia/Shanghai")
SERVICES: dict[str, type] = {
    "ticketing": TicketingEvents,
    "dispatch": DispatchEvents,
    "sla": SlaEvents,
}
_ONCE = {"clock.warned", "clock.breached", "step.reached"}


class Part:
    """One service: its database, its handlers, and what has been sent to it."""

    def __init__(self, database: Database, service: type) -> None:
        self.database = database
        self.arriving: list[bytes] = []
        made: Any = service()
        # As nameko injects dependencies into its workers.
        vars(made).update(database=database, config=Config.read({}))
        self.handling = Handling(database)
        self.wanted: set[str] = set()
        heard = [
            (entry, Handler(name, getattr(made, name)))
            for name, method in inspect.getmembers(service, inspect.isfunction)
            for entry in getattr(method, ENTRYPOINT_EXTENSIONS_ATTR, ())
            if isinstance(entry, Subscribe) and entry.batch
        ]
        # As the consumer does: who hears beside comes after whom it stands beside.
        for entry, handler in sorted(heard, key=lambda one: one[0].beside):
            self._hear(entry, handler)

    def _hear(self, entry: Subscribe, handler: Handler) -> None:
        for schema in entry.schemas:
            add = self.handling.add_beside if entry.beside else self.handling.add
            add(schema.type, handler)
            self.wanted.add(schema.type)

    @contextmanager
    def acting(self) -> Iterator[UnitOfWork]:
        with self.database.begin() as uow:
            yield uow
            uow.commit()

    def rows(self, query: str, **parameters: Any) -> list[Any]:
        with self.database.engine.connect() as connection:
            return list(connection.execute(text(query), parameters).all())

    def take_outbox(self) -> list[bytes]:
        with self.database.engine.begin() as connection:
            rows = connection.execute(text("SELECT body FROM outbox ORDER BY outbox_id"))
            bodies = [row.body.encode() for row in rows]
            connection.execute(text("DELETE FROM outbox"))
        return bodies


class World:
    """All parts, the people who work there, and what an hour brings."""

    def __init__(self, parts: dict[str, Part], seed: int = 0) -> None:
        self.parts = parts
        self.ticketing, self.dispatch, self.sla = (parts[name] for name in SERVICES)
        self.chance = random.Random(seed)
        self.boss = actor("supervisor", "王主管")
        self.hops = 0
        self._versions = 1
        self.told: Counter[Any] = Counter()
        self._pages: list[Any] = []
        self.groups = [self._group("一线"), self._group("二线")]
        self.people: list[UUID] = []

    def _group(self, name: str) -> UUID:
        made = directory.group(name=name, department_id=uuid4(), region_id=uuid4())
        self._learn(made)
        return made.data["group_id"]  # type: ignore[no-any-return]

    def _learn(self, event: Any) -> None:
        for part in self.parts.values():
            with part.acting() as uow:
                keep_directory(uow.session, [event])

    def person(self, *groups: UUID, capacity: int = 5, title: str | None = None) -> UUID:
        """Somebody who is there for years."""
        made = directory.person(name="李雷", group_ids=list(groups), led_group_ids=[], title=title)
        self._learn(made)
        person_id: UUID = made.data["person_id"]
        self.people.append(person_id)
        later = utc_now() + timedelta(days=3650)
        presence = {"person_id": person_id, "state": "online", "since": later}
        with self.dispatch.acting() as uow:
            uow.session.execute(tables.presence.insert(), presence | {"heartbeat_at": later})
            own = {"person_id": person_id, "capacity": capacity, "seniority": 0, "languages": []}
            usual = {"is_automatic": True, "note": "", "version": 1}
            uow.session.execute(tables.agents.insert(), own | usual)
        return person_id

    def change_person(self, person_id: UUID, *, is_active: bool) -> None:
        """The news are on their way to everybody."""
        self._versions += 1
        changed = directory.person(
            person_id, version=self._versions, is_active=is_active, group_ids=self.groups
        )
        self.send(changed)

    def write(self, ticket_id: UUID) -> None:
        """The customer writes again."""
        self.send(message(ticket_id, opens=False))

    def send(self, event: Event) -> None:
        """From a part that is not played."""
        body = dump_event(
            type(schema_of(event.type)), event.id, event.subject, event.time, event.data
        )
        for part in self.parts.values():
            if event.type in part.wanted:
                part.arriving.append(body)

    def note_headers(self) -> None:
        """What the reconciler asks ticketing."""
        with self.ticketing.database.begin(read_only=True) as uow:
            page = list_headers(uow, 100)
        self._pages.append(orjson.loads(orjson.dumps(page["items"])))

    def reconcile(self) -> None:
        """The others hear it, now or when it is no longer true."""
        items, now = self.chance.choice(self._pages), utc_now()
        with self.dispatch.acting() as uow:
            reconcile_dispatch(uow, items, now, ZONE)
        with self.sla.acting() as uow:
            reconcile_sla(uow, items, ZONE, now)

    def rule(self, group_id: UUID, condition: dict[str, Any] | None = None, **fields: Any) -> None:
        """The next rule of dispatch."""
        row = {
            "rule_id": uuid7(),
            "position": len(self.dispatch.rows("SELECT 1 FROM rules")) + 1,
            "name": "规则",
            "is_active": True,
            "condition": condition or {"all": []},
            "group_id": group_id,
            "mode": "push",
            "strategy": "least_loaded",
            "is_sticky": False,
            "matches_language": False,
            "required_skills": [],
            "preferred_skills": [],
            "overflow_group_ids": [],
            "grab_seconds": None,
            "version": 1,
        }
        with self.dispatch.acting() as uow:
            uow.session.execute(tables.rules.insert(), row | fields)

    def open(self, **fields: Any) -> str:
        """A new ticket; its number."""
        given: dict[str, Any] = {
            "customer_id": uuid4(),
            "customer_name": "韩梅梅",
            "subject": "无法登录系统",
            "text": "登录不了",
        }
        with self.ticketing.acting() as uow:
            made = create_ticket(uow, self.boss, utc_now(), ZONE, **given | fields)
            return str(made.number)

    def do(self, use_case: Callable[..., Any], who: Any = None, **arguments: Any) -> None:
        """A command of ticketing's."""
        with self.ticketing.acting() as uow:
            use_case(uow, who or self.boss, utc_now(), **arguments)

    def ticket(self, number: str) -> Any:
        """As ticketing has it."""
        return self.ticketing.rows("SELECT * FROM tickets WHERE number = :n", n=number)[0]

    def open_assignment(self, number: str) -> Any:
        """As dispatch has it."""
        query = (
            "SELECT a.* FROM assignments AS a JOIN tickets USING (ticket_id) "
            "WHERE number = :n AND state <> 'ended'"
        )
        rows = self.dispatch.rows(query, n=number)
        return rows[0] if rows else None

    def publish(self) -> None:
        """What stands in the outboxes is on its way."""
        for part in self.parts.values():
            for body in part.take_outbox():
                event = orjson.loads(body)
                self.hops = max(self.hops, event["hops"])
                if event["type"] in _ONCE:
                    clock = event["data"]["clock_id"]
                    self.told[event["type"], clock, event["data"].get("step")] += 1
                for other in self.parts.values():
                    if event["type"] in other.wanted:
                        other.arriving.append(body)

    def deliver(self, part: Part, bodies: list[bytes]) -> None:
        if bodies:
            part.handling.apply(bodies)

    def deliver_some(self) -> None:
        """A few to one part: any of those on their way, and some twice."""
        self.publish()
        part = self.chance.choice(list(self.parts.values()))
        count = self.chance.randint(0, min(len(part.arriving), 8))
        chosen = self.chance.sample(part.arriving, count)
        for body in chosen:
            if self.chance.random() < 0.9:
                part.arriving.remove(body)
        self.deliver(part, chosen)

    def deliver_at_once(self) -> None:
        """All that is on its way, to two replicas of each part, while others decide."""
        self.publish()
        shares: list[Callable[[], None]] = [self.decide, self.decide]
        for part in self.parts.values():
            bodies, part.arriving = part.arriving, []
            self.chance.shuffle(bodies)
            for share in (bodies[::2], bodies[1::2], bodies[:2]):
                shares.append(partial(self.deliver, part, share))
        with ThreadPoolExecutor(len(shares)) as pool:
            for done in [pool.submit(share) for share in shares]:
                done.result()

    def decide(self, now: datetime | None = None) -> None:
        """What dispatch's jobs do."""
        now = now or utc_now()
        with self.dispatch.acting() as uow:
            wake_everybody(uow.session)
        while drain_group(self.dispatch.database, now):
            pass
        open_offers(self.dispatch.database, now)

    def pass_hours(self, now: datetime) -> None:
        """Offers end, silence is noticed."""
        expire_offers(self.dispatch.database, now)
        resend_proposals(self.dispatch.database, now)
        resend_withdrawals(self.dispatch.database, now)

    def ring(self, now: datetime) -> None:
        """The timers of all tickets come."""
        with self.sla.acting() as uow:
            keys = [str(row.ticket_id) for row in self.sla.rows("SELECT ticket_id FROM tickets")]
            cancel_timers(uow.session, "ticket", keys)
            timers = [Timer("ticket", key, now, {}) for key in keys]
            if timers:
                ring_timers(uow, timers, ZONE, now)

    def settle(self) -> None:
        """Everything arrives, until nothing moves."""
        for _ in range(30):
            self.publish()
            for part in self.parts.values():
                bodies, part.arriving = part.arriving, []
                self.chance.shuffle(bodies)
                self.deliver(part, bodies)
            self.decide(utc_now() + timedelta(days=3))
            self.pass_hours(utc_now() + timedelta(days=3))
            if not any(part.rows("SELECT 1 FROM outbox LIMIT 1") for part in self.parts.values()):
                return
        raise AssertionError("they talk for ever")

    def faults(self) -> list[str]:
        """What does not fit together, once nothing is on its way any more."""
        found = []
        for part in self.parts.values():
            for row in part.rows("SELECT type, error FROM inbox_failures"):
                found.append(f"failed: {row.type}: {row.error}")
        opened = {row.ticket_id: row for row in self._assignments()}
        waiting = {row.ticket_id for row in self.dispatch.rows("SELECT ticket_id FROM waiting")}
        for ticket in self.ticketing.rows("SELECT * FROM tickets"):
            held, waits = opened.get(ticket.ticket_id), ticket.ticket_id in waiting
            found += _faults_of(ticket, held, waits)
        if (shown := self._dues("ticketing", "sla_revision")) != (due := self._dues("sla")):
            found.append(f"due times shown {shown} are not {due}")
        found += [f"told {count} times: {what}" for what, count in self.told.items() if count > 1]
        loads = {
            row.person_id: (row.load, row.active, row.grabbed)
            for row in self.dispatch.rows("SELECT * FROM loads")
            if (row.load, row.active, row.grabbed) != (0, 0, 0)
        }
        if loads != (summed := _sums(opened.values())):
            found.append(f"loads {loads} are not {summed}")
        return found

    def _dues(self, name: str, revision: str = "revision") -> set[Any]:
        query = f"SELECT ticket_id, {revision}, next_due_at, is_overdue FROM tickets"
        return {tuple(row) for row in self.parts[name].rows(query)}

    def _assignments(self) -> list[Any]:
        return self.dispatch.rows("SELECT * FROM assignments WHERE state <> 'ended'")


def _faults_of(ticket: Any, held: Any, waits: bool) -> Iterator[str]:
    name = f"{ticket.number} ({ticket.status}, epoch {ticket.assignment_epoch})"
    if ticket.status_category in ("solved", "closed"):
        if held or waits:
            yield f"{name} is finished and held by {held} or waits: {waits}"
    elif ticket.assignee_id is None:
        if held or not waits:
            yield f"{name} is nobody's and held by {held}, waits: {waits}"
    elif waits or held is None:
        yield f"{name} is somebody's, held by {held}, waits: {waits}"
    else:
        theirs = (ticket.assignee_id, ticket.assignment_epoch, "active", None)
        if (held.person_id, held.epoch, held.state, held.withdrawn_at) != theirs:
            yield f"{name} of {ticket.assignee_id} is held by {held}"


def _sums(opened: Any) -> dict[UUID, tuple[int, int, int]]:
    sums: dict[UUID, tuple[int, int, int]] = {}
    for one in opened:
        load, active, grabbed = sums.get(one.person_id, (0, 0, 0))
        is_grab = int(one.mode == "grab")
        sums[one.person_id] = (load + one.weight, active + 1, grabbed + is_grab)
    return sums
