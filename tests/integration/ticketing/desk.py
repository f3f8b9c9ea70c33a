"""A desk to test at: runs use cases as the shell would, each in its own transaction."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import event as sql_events
from sqlalchemy import text

from libs.common.actor import Actor
from libs.common.clock import utc_now
from libs.common.contracts.envelope import Event, dump_event, load_event
from libs.common.contracts.intake import MessageReceived
from libs.common.database.unit_of_work import Database, UnitOfWork
from libs.common.directory.copying import keep_directory
from libs.common.ids import uuid7
from services.ticketing.queries.shapes import show_entry
from services.ticketing.queries.ticket_pages import get_ticket, show_changed
from services.ticketing.use_cases.create_ticket import create_ticket
from services.ticketing.use_cases.file_messages import file_messages
from tests.support.actors import actor

ZONE = ZoneInfo("Asia/Shanghai")
BLOB_KEY = f"ticketing/2026/11/01/{'a' * 26}"

# Calls a method of the service by its name, with its shell.
Ask = Callable[..., Any]


def agent(name: str = "李雷", **scopes: Any) -> Actor:
    """A new agent, who sees the own tickets and the pools of `groups`."""
    return actor("agent", name, **scopes)


def supervisor(name: str = "王主管") -> Actor:
    """A new supervisor, who sees all."""
    return actor("supervisor", name)


def requester(name: str = "韩梅梅", role: str = "customer") -> Actor:
    """A new customer, or an employee, who sees the own tickets."""
    customer_id = uuid4()
    return actor(role, name, customer_id, requester=str(customer_id))


def message(ticket_id: UUID | None = None, **fields: Any) -> Event:
    """A message.received as it comes from the bus."""
    data = {
        "message_id": uuid4(),
        "ticket_id": ticket_id or uuid7(),
        "opens": True,
        "conversation_id": uuid4(),
        "customer_id": uuid4(),
        "contact_id": uuid4(),
        "customer_name": "韩梅梅",
        "channel": "mail",
        "channel_account_id": uuid4(),
        "kind": None,
        "urgency_hint": None,
        "subject": "收到的商品破损",
        "text": "您好,今天收到的杯子碎了。",
        "html": None,
        "form_fields": {},
        "attachments": [],
        "is_auto_reply": False,
        "possibly_related_ticket_id": None,
        "region_id": None,
        "sent_at": None,
        "received_at": utc_now(),
    } | fields
    subject = str(data["ticket_id"])
    return load_event(dump_event(MessageReceived, uuid7(), subject, utc_now(), data))


def file_facts(**fields: Any) -> dict[str, Any]:
    """An attachment as intake describes it."""
    return {
        "attachment_id": uuid4(),
        "blob_key": f"intake/{uuid4()}",
        "name": "破损照片.jpg",
        "media_type": "image/jpeg",
        "size": 20_480,
        "sha256": "0" * 64,
    } | fields


class Desk:
    """Runs use cases and shows what became of them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.boss = supervisor()

    def do(self, use_case: Callable[..., Any], who: Actor, **arguments: Any) -> Any:
        """Run a command; returns the domain's object."""
        with self.database.begin() as uow:
            result = use_case(uow, who, utc_now(), **arguments)
            uow.commit()
            return result

    def change(self, use_case: Callable[..., Any], who: Actor, **arguments: Any) -> Any:
        """Run a command on a ticket or entry; returns what REST would show."""
        with self.database.begin() as uow:
            result = use_case(uow, who, utc_now(), **arguments)
            if isinstance(result, tuple):
                shown = show_entry(result[1])
            else:
                shown = show_changed(uow, result, who)
            uow.commit()
            return shown

    def ask(self, query: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """Run a query."""
        with self.database.begin(read_only=True) as uow:
            return query(uow, *arguments, **named)

    def file(self, *events: Event) -> None:
        """File messages as one batch."""
        with self.database.begin() as uow:
            file_messages(uow, events, utc_now(), ZONE)
            uow.commit()

    def open(self, who: Actor | None = None, **fields: Any) -> dict[str, Any]:
        """Register a ticket by hand."""
        arguments = {
            "customer_id": uuid4(),
            "customer_name": "韩梅梅",
            "subject": "无法登录系统",
            "text": "早上开始就登录不了。",
        } | fields

        def create(uow: UnitOfWork, by: Actor, now: datetime, **given: Any) -> Any:
            return create_ticket(uow, by, now, ZONE, **given)

        shown: dict[str, Any] = self.change(create, who or self.boss, **arguments)
        return shown

    def show(self, number: str, who: Actor | None = None) -> dict[str, Any]:
        """The ticket with its timeline."""
        shown: dict[str, Any] = self.ask(get_ticket, who or self.boss, number)
        return shown

    def learn(self, *events: Event) -> None:
        """Copy directory events."""
        with self.database.begin() as uow:
            keep_directory(uow.session, events)
            uow.commit()

    def number_of(self, ticket_id: UUID | str) -> str:
        """The number of a ticket known by its id."""
        return str(self.scalar("SELECT number FROM tickets WHERE ticket_id = :id", id=ticket_id))

    def scalar(self, query: str, **parameters: Any) -> Any:
        """One value, straight from the database."""
        with self.database.engine.connect() as connection:
            return connection.execute(text(query), parameters).scalar()

    def events(self, ticket_id: UUID | str) -> list[dict[str, Any]]:
        """The bodies in the outbox about this ticket, oldest first."""
        with self.database.engine.connect() as connection:
            rows = connection.execute(
                text(
                    "SELECT body FROM outbox WHERE CAST(body AS json)->>'subject' = :id "
                    "ORDER BY outbox_id"
                ),
                {"id": str(ticket_id)},
            )
            return [orjson.loads(body) for body in rows.scalars()]

    @contextmanager
    def counting_statements(self) -> Iterator[list[str]]:
        """The SQL statements that are run inside."""
        seen: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            seen.append(statement)

        sql_events.listen(self.database.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            sql_events.remove(self.database.engine, "before_cursor_execute", note)


def created(ask: Ask, **more: Any) -> dict[str, Any]:
    """A ticket registered by hand, by RPC."""
    given = {
        "customer_id": str(uuid4()),
        "customer_name": "韩梅梅",
        "subject": "无法登录",
        "text": "登录不了",
    } | more
    ticket: dict[str, Any] = ask("create_ticket", **given)
    return ticket


def staged(ask: Ask, method: str = "stage_attachment", **more: Any) -> dict[str, Any]:
    """An upload, by RPC."""
    given = {
        "blob_key": BLOB_KEY,
        "name": "说明.pdf",
        "media_type": "application/pdf",
        "size": 10,
        "sha256": "0" * 64,
    } | more
    file: dict[str, Any] = ask(method, **given)
    return file


def types(events: Sequence[dict[str, Any]]) -> list[str]:
    """The types of event bodies."""
    return [event["type"] for event in events]


def repeated(values: Sequence[Any]) -> list[Any]:
    """Those that occur more than once."""
    return [value for value, times in Counter(values).items() if times > 1]


def ago(**delta: float) -> datetime:
    """An instant in the past."""
    return datetime.now(UTC) - timedelta(**delta)
