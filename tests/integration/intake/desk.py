"""The door and everything behind it inside one test process, on a real database."""

import base64
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
from sqlalchemy import text

from libs.common.blobs import open_blobs
from libs.common.bus.handling import Handler, Handling
from libs.common.clock import utc_now
from libs.common.config import Config
from libs.common.contracts.envelope import Event, dump_event, load_event
from libs.common.contracts.ticketing import TicketCreated, TicketFollowedUp
from libs.common.database.unit_of_work import Database
from libs.common.ids import uuid7
from libs.common.mail_identity import make_message_id
from libs.common.testing.eventually import eventually
from services.intake.domain.inbound import InboundMessage
from services.intake.service.door_app import create_app
from services.intake.service.settings import Settings
from services.intake.storage.arrivals import open_autocommit
from services.intake.use_cases.note_tickets import note_created, note_followed_up
from services.intake.use_cases.open_accounts import open_account
from services.intake.use_cases.process_raw import process_raw
from services.intake.use_cases.rooms import open_filing_room

FORM_KEY = "form-key-of-the-tests"
ADAPTER_KEY = "adapter-key-of-the-tests"
SUPPORT = "support@tidedesk.local"


def at_once(work: Any, content: bytes) -> InboundMessage:
    """What a thread would do, here."""
    return work(content)  # type: ignore[no-any-return]


class Desk:
    """Sends messages in, files them, and shows what intake told the others."""

    def __init__(self, config: Config, database: Database) -> None:
        self.config = config
        self.database = database
        self.blobs = open_blobs(config)
        self.room = open_filing_room(config, self.blobs, at_once)
        self.engine = open_autocommit(config)
        self.client = create_app(config, Settings(threads=8), self.engine).test_client()
        self._handling = Handling(database)
        self._handling.add("ticket.created", Handler("note_created", note_created))
        self._handling.add("ticket.followed_up", Handler("note_followed_up", _each_followed_up))

    def close(self) -> None:
        self.engine.dispose()

    def send_form(self, *, key: str = FORM_KEY, headers: Any = None, **fields: Any) -> Any:
        form = {"name": "王五", "email": f"{uuid4()}@example.com", "description": "空调不制冷"}
        body = {name: value for name, value in (form | fields).items() if value is not None}
        quick = {"Prefer": "respond-async"} | (headers or {})
        return self.client.post(f"/channels/forms/{key}", json=body, headers=quick)

    def send_mail(self, raw: bytes, *, account: str = SUPPORT, key: str = ADAPTER_KEY) -> Any:
        return self.client.post(
            f"/channels/mail/{account}",
            data=raw,
            headers={"Authorization": f"Bearer {key}"},
            content_type="message/rfc822",
        )

    def open_mailbox(self, address: str) -> None:
        """A further mail account with the same adapter key, once the door knows of it."""
        with self.database.begin() as uow:
            open_account(
                uow, utc_now(), "mail", address, ADAPTER_KEY, address=address, replaces=True
            )
            uow.commit()
        eventually(lambda: self.send_mail(b"", account=address).status_code == 422)

    def file(self, now: datetime | None = None) -> None:
        """Everything that waits."""
        while process_raw(self.database, self.room, now or utc_now(), SUPPORT):
            pass

    def mail(self, raw: bytes) -> dict[str, Any]:
        """Send and file a mail; its `message.received`."""
        answer = self.send_mail(raw)
        assert answer.status_code == 202, answer.text
        self.file()
        return self.received(answer.json["receipt_id"])

    def form(self, **fields: Any) -> dict[str, Any]:
        """Send and file a form; its `message.received`."""
        answer = self.send_form(**fields)
        assert answer.status_code == 202, answer.text
        self.file()
        return self.received(answer.json["receipt_id"])

    def receipt(self, receipt_id: str) -> dict[str, Any]:
        rows = self.rows("SELECT * FROM receipts WHERE receipt_id = :id", id=receipt_id)
        return dict(rows[0]) if rows else {}

    def received(self, receipt_id: str) -> dict[str, Any]:
        """The event of a receipt's message."""
        rows = self.rows("SELECT message_id FROM messages WHERE receipt_id = :id", id=receipt_id)
        assert rows, self.receipt(receipt_id)
        events = self.events("message.received")
        return next(e.data for e in events if e.data["message_id"] == rows[0]["message_id"])

    def events(self, event_type: str) -> list[Event]:
        """What waits in the outbox, oldest first."""
        query = "SELECT body FROM outbox WHERE type = :type ORDER BY outbox_id"
        return [load_event(row["body"]) for row in self.rows(query, type=event_type)]

    def rows(self, query: str, **parameters: Any) -> Sequence[Any]:
        with self.database.engine.connect() as connection:
            return connection.execute(text(query), parameters).mappings().all()

    def scalar(self, query: str, **parameters: Any) -> Any:
        return next(iter(self.rows(query, **parameters)[0].values()))

    def tell(self, *bodies: bytes) -> None:
        """Deliver events as the bus would, in one batch."""
        self._handling.apply(bodies)

    def our_message_id(self, ticket_id: UUID) -> str:
        """The Message-ID of a mail that notify would send about a ticket."""
        return make_message_id(ticket_id, uuid7(), "tidedesk.local", self.config.thread_keys[0])


def ticket_created(
    ticket_id: UUID, number: str, *, message_id: UUID | None = None, **more: Any
) -> bytes:
    """The event by which ticketing tells that a ticket has its number."""
    data = _header(ticket_id, number) | {"message_id": message_id, "text": "…"} | more
    return dump_event(TicketCreated, uuid7(), str(ticket_id), utc_now(), data)


def ticket_followed_up(old: UUID, number: str, new: UUID, message_id: UUID) -> bytes:
    """The event by which ticketing tells that a closed ticket is carried on."""
    links = {"old_ticket_id": old, "new_ticket_id": new, "message_id": message_id}
    data = _header(old, number) | links
    return dump_event(TicketFollowedUp, uuid7(), str(old), utc_now(), data)


def _each_followed_up(uow: Any, events: Sequence[Event]) -> None:
    for event in events:
        note_followed_up(uow, event)


def _header(ticket_id: UUID, number: str) -> dict[str, Any]:
    return {
        "ticket_id": ticket_id,
        "number": number,
        "seq": 1,
        "version": 1,
        "status": "unassigned",
        "status_category": "new",
        "urgency": "normal",
        "kind": "inquiry",
        "channel": "manual",
        "customer_id": uuid4(),
        "subject": "…",
        "customer_name": "…",
        "created_at": utc_now(),
        "occurred_at": utc_now(),
        "actor": {"kind": "system", "id": None, "name": "…"},
        "scope": {},
    }


def photo_field(content: bytes = b"\x89PNG\r\n\x1a\n") -> dict[str, str]:
    """A file as a form sends it."""
    encoded = base64.b64encode(content).decode()
    return {"name": "照片.png", "media_type": "image/png", "content": encoded}


def tomorrow() -> datetime:
    return datetime.now(UTC) + timedelta(days=1)


def body_of(answer: Any) -> dict[str, Any]:
    """A response's JSON, problem or not."""
    return dict(orjson.loads(answer.data))
