"""Webhooks without the shell: the handler and the job are called as the shell would."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from libs.common.config import Config
from libs.common.contracts.envelope import Event, EventSchema, dump_event, load_event
from libs.common.contracts.ticketing import TicketCreated, TicketReplied, TicketSolved
from libs.common.crypto import open_ring
from libs.common.database.unit_of_work import Database, UnitOfWork
from libs.common.http import OutboundHttp, parse_networks
from libs.common.ids import uuid7
from services.notify.clients.webhook_post import WebhookPost
from services.notify.storage.webhooks import Webhook, find_webhook
from services.notify.use_cases import edit_webhooks
from services.notify.use_cases.deliver_webhooks import WebhookRoom, deliver_webhooks
from services.notify.use_cases.edit_webhooks import ChannelDesk
from services.notify.use_cases.feed_webhooks import feed_webhooks
from tests.support.webhook_receiver import Receiver
from tests.unit.notify.facts import created, replied, solved

LOCAL = parse_networks("127.0.0.0/8")
_SHAPES: dict[type[EventSchema], Callable[..., dict[str, Any]]] = {
    TicketCreated: created,
    TicketReplied: replied,
    TicketSolved: solved,
}


class Hooks:
    """`now` moves only when a test moves it."""

    def __init__(self, config: Config, database: Database) -> None:
        self.database = database
        self.desk = ChannelDesk(open_ring(config), OutboundHttp(LOCAL))
        self.now = datetime.now(UTC).replace(microsecond=0)
        self.room = self.open_room()

    def open_room(self) -> WebhookRoom:
        """Another process's way out."""
        return WebhookRoom(self.desk.keys, WebhookPost(self.desk.http))

    def close(self) -> None:
        self.room.post.close()

    def wait(self, **delta: float) -> None:
        self.now += timedelta(**delta)

    def commit(self, use_case: Callable[[UnitOfWork], Any]) -> Any:
        """One transaction."""
        with self.database.begin() as uow:
            result = use_case(uow)
            uow.commit()
        return result

    def register(self, receiver: Receiver, *types: str, **values: Any) -> Webhook:
        """A webhook of the receiver, who knows its secret from then on."""
        named = {"name": f"hook {uuid4()}", "url": receiver.hook_url, "types": [*types] or ["*"]}
        maker = values.pop("created_by", None)
        webhook, secret = self.commit(
            lambda uow: edit_webhooks.create_webhook(
                uow, self.desk, self.now, maker, {**named, **values}
            )
        )
        receiver.secrets.append(secret)
        return webhook

    def webhook(self, webhook: Webhook) -> Webhook:
        """As it is now."""
        with self.database.begin(read_only=True) as uow:
            found = find_webhook(uow.session, webhook.webhook_id)
        assert found is not None
        return found

    def feed(self, *events: Event) -> None:
        """One batch of the handler."""
        self.commit(lambda uow: feed_webhooks(uow, events, self.now))

    def round(self) -> None:
        """Deliver until nothing is under way or due."""
        deadline = time.monotonic() + 20
        while deliver_webhooks(self.database, self.room, self.now):
            assert time.monotonic() < deadline, "never at rest"

    def rows(self, webhook: Webhook | None = None) -> Sequence[Any]:
        """Deliveries, in the order of events."""
        query = "SELECT * FROM webhook_deliveries WHERE :id IS NULL OR webhook_id = :id"
        ordered = text(f"{query.replace(':id', 'CAST(:id AS uuid)')} ORDER BY subject, position")
        with self.database.engine.connect() as connection:
            found = connection.execute(ordered, {"id": webhook and webhook.webhook_id})
            return found.all()

    def statuses(self) -> list[str]:
        return [row.status for row in self.rows()]


def event(schema: type[EventSchema], ticket_id: UUID | None = None, **facts: Any) -> Event:
    """As the bus would bring it."""
    ticket_id = ticket_id or uuid7()
    facts = _SHAPES[schema](ticket_id=ticket_id, **facts)
    at = facts.pop("at", datetime.now(UTC))
    return load_event(dump_event(schema, uuid7(), str(ticket_id), at, facts))


def story(ticket_id: UUID | None = None, length: int = 4) -> list[Event]:
    """A ticket's events, in their order."""
    ticket_id = ticket_id or uuid7()
    first = event(TicketCreated, ticket_id, seq=1)
    rest = [event(TicketReplied, ticket_id, seq=seq) for seq in range(2, length + 1)]
    return [first, *rest]
