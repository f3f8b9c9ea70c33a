"""Notify without its shell: handlers and jobs are called as the shell would, time is ours."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text

from libs.common.actor import Actor
from libs.common.config import Config
from libs.common.contracts.envelope import Event, EventSchema
from libs.common.contracts.sla import ClockChanged
from libs.common.database.unit_of_work import Database, UnitOfWork
from libs.common.ids import uuid7
from services.notify.domain.codes import Channel, Purpose
from services.notify.domain.happenings import Happening
from services.notify.domain.ticket_happenings import happening_of
from services.notify.service.events import Service
from services.notify.use_cases.code_room import CodeRoom
from services.notify.use_cases.desk import Desk as Ordering
from services.notify.use_cases.edit_preferences import replace_preferences
from services.notify.use_cases.edit_rules import create_rule
from services.notify.use_cases.follow import keep_promises
from services.notify.use_cases.hand_over_codes import hand_over_codes
from services.notify.use_cases.keep_addresses import keep_addresses
from services.notify.use_cases.mail_room import MailRoom
from services.notify.use_cases.send_code import CodeDesk, send_code
from services.notify.use_cases.send_mails import send_mails
from services.notify.use_cases.send_messages import MessageRoom, send_messages
from services.notify.use_cases.tell import tell
from tests.unit.notify.facts import NOON, clock_facts, created, customer_facts, replied

Facts = dict[str, Any]

CODE: Facts = {
    "channel": Channel.SMS,
    "address": "+8613800138000",
    "code": "864209",
    "purpose": Purpose.LOGIN,
    "language": "zh",
    "valid_seconds": 300,
    "is_wanted": True,
}


class Desk:
    """`now` moves only when a test moves it."""

    def __init__(self, config: Config, database: Database, *, smtp_url: str, sms_url: str) -> None:
        self._config = replace(config, smtp_url=smtp_url, sms_url=sms_url)
        self.database = database
        self.ordering = Ordering.open(self._config)
        self.now = NOON
        self._rooms: list[MailRoom] = []
        self._code_rooms: list[CodeRoom] = []
        self.room = self.open_room()
        self.codes = self.open_code_room()

    def open_room(self) -> MailRoom:
        """Another process's way out."""
        room = MailRoom.open(self._config)
        self._rooms.append(room)
        return room

    def open_code_room(self) -> CodeRoom:
        """Another process's way out for codes."""
        room = CodeRoom.open(self._config)
        self._code_rooms.append(room)
        return room

    def open_messages(self, sms_url: str | None = None) -> MessageRoom:
        """A process's ways out for SMS and robots."""
        config = replace(self._config, sms_url=sms_url) if sms_url else self._config
        return MessageRoom.open(config, self.ordering)

    def send_messages(self, channel: str, room: MessageRoom | None = None) -> None:
        """Rounds of a channel's job until nothing is under way."""
        out = room or self.open_messages()
        while send_messages(self.database, out, channel, self.now):
            pass

    def allow(self, **values: Any) -> UUID:
        """One more rule."""
        made: list[UUID] = []
        rule = {"name": "规则", "audience": "customer", "channels": ["mail"]} | values
        self.handle(lambda uow: made.append(create_rule(uow, rule).rule_id))
        return made[0]

    def wish(self, actor: Actor, **values: Any) -> None:
        """Preferences of somebody's own."""
        self.handle(lambda uow: replace_preferences(uow, actor, None, values) and None)

    def hear(self, method: str, *events: Event) -> None:
        """As one batch of a handler, in a transaction of its own."""
        service: Any = Service()
        service.desk = self.ordering
        self.handle(lambda uow: getattr(service, method)(uow, list(events)))

    def told(self, event_type: str) -> list[Facts]:
        """Data of such events in the outbox."""
        with self.database.engine.connect() as connection:
            rows = connection.execute(text("SELECT type, body FROM outbox ORDER BY outbox_id"))
            return [orjson.loads(body)["data"] for kind, body in rows if kind == event_type]

    def close(self) -> None:
        for room in self._rooms:
            room.post.close()
        for codes in self._code_rooms:
            for way in codes.ways.values():
                way.close()

    def wait(self, **delta: float) -> datetime:
        """Let time pass."""
        self.now += timedelta(**delta)
        return self.now

    def handle(self, use_case: Callable[[UnitOfWork], None]) -> None:
        """One handler's transaction."""
        with self.database.begin() as uow:
            use_case(uow)
            uow.commit()

    def keep(self, *customers: Facts) -> None:
        """customer.registered or customer.contact_added."""
        keys = self.ordering.keys
        self.handle(lambda uow: keep_addresses(uow, keys, self.now, customers))

    def tell(self, *happenings: Happening | None) -> None:
        found = [one for one in happenings if one is not None]
        self.handle(lambda uow: tell(uow, self.ordering, self.now, found))

    def acknowledge(self, *tickets: Facts) -> None:
        """ticket.created, as one batch; sla has nothing to promise."""
        self.promise(*tickets)
        self.tell(*(happening_of("ticket.created", ticket) for ticket in tickets))

    def promise(self, *tickets: Facts, due_at: datetime | None = None, revision: int = 1) -> None:
        """clock.changed for each: the first reply is due then."""
        events = [event_of(ClockChanged, clock_facts(one, due_at, revision)) for one in tickets]
        self.handle(lambda uow: keep_promises(uow, self.now, events))

    def pass_on(self, *replies: Facts) -> None:
        """ticket.replied, as one batch."""
        self.tell(*(happening_of("ticket.replied", reply) for reply in replies))

    def announce(self, *solutions: Facts) -> None:
        """ticket.solved, as one batch."""
        self.tell(*(happening_of("ticket.solved", solution) for solution in solutions))

    def known_customer(self, **fields: Any) -> Facts:
        """A customer whose addresses have come."""
        customer = customer_facts(**fields)
        self.keep(customer)
        return customer

    def send(self, room: MailRoom | None = None) -> None:
        """Rounds of the job until nothing is under way."""
        while send_mails(self.database, room or self.room, self.now):
            pass

    def send_code(self, **fields: Any) -> None:
        """What the gateway asks for; by SMS unless the fields say otherwise."""
        order = CODE | fields
        code_desk = CodeDesk(self.ordering.keys, has_sms=True)
        self.handle(lambda uow: send_code(uow, code_desk, self.now, **order))

    def hand_over(self, room: CodeRoom | None = None) -> None:
        """Rounds of the job until nothing is under way."""
        while hand_over_codes(self.database, room or self.codes, self.now):
            pass

    def code_rows(self) -> list[Any]:
        """Rows of codes in the order of their ids."""
        with self.database.engine.connect() as connection:
            return list(connection.execute(text("SELECT * FROM codes ORDER BY code_id")))

    def code(self) -> Any:
        """The only one."""
        (row,) = self.code_rows()
        return row

    def deliveries(self, status: str | None = None) -> list[Any]:
        """Rows in the order of their ids."""
        query = "SELECT * FROM deliveries WHERE status = coalesce(:status, status) ORDER BY 1"
        with self.database.engine.connect() as connection:
            return list(connection.execute(text(query), {"status": status}))

    def delivery(self) -> Any:
        """The only one."""
        (row,) = self.deliveries()
        return row

    def failures(self) -> list[Facts]:
        """Data of notice.failed in the outbox."""
        with self.database.engine.connect() as connection:
            rows = connection.execute(text("SELECT type, body FROM outbox ORDER BY outbox_id"))
            return [orjson.loads(body)["data"] for kind, body in rows if kind == "notice.failed"]


def ticket_of(customer: Facts, **fields: Any) -> Facts:
    """ticket.created for a customer, at the customer's first contact."""
    return created(**_whose(customer), **fields)


def reply_to(ticket: Facts, seq: int = 2, **fields: Any) -> Facts:
    """ticket.replied for that ticket."""
    same = {name: ticket[name] for name in ("ticket_id", "number", "customer_id", "contact_id")}
    return replied(**same, seq=seq, **fields)


def _whose(customer: Facts) -> Facts:
    contacts: Sequence[Facts] = customer["contacts"]
    contact_id: UUID | None = contacts[0]["contact_id"] if contacts else None
    return {"customer_id": customer["customer_id"], "contact_id": contact_id}


def event_of(schema: type[EventSchema], data: Facts) -> Event:
    """As a handler gets it."""
    subject = str(data.get("ticket_id") or data.get("person_id") or uuid7())
    return Event(uuid7(), schema.type, f"/tidedesk/{schema.producer}", subject, NOON, data)
