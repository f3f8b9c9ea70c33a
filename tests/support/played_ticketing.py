"""Ticketing's part of the conversation, played over the real bus: answers what dispatch proposes.

Everything happens in `step`, in the thread of whoever calls it. A proposal is acknowledged after
its answer is confirmed by the broker; what comes twice is answered twice, as ticketing does.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import amqp
import orjson

from libs.common.bus.connection import connect
from libs.common.bus.publisher import ConfirmingChannel, publish_all
from libs.common.bus.topology import committed, declare, generate
from libs.common.contracts.envelope import Event
from tests.support.outside import letters_of
from tests.support.tickets import Life

_QUEUE = "played.ticketing"
_TYPES = ("assignment.proposed", "assignment.withdrawn")


class PlayedTicketing:
    """Holds the tickets; `lives` by id."""

    def __init__(self, uri: str) -> None:
        self.lives: dict[UUID, Life] = {}
        self.refused = 0
        self._connection = connect(uri, "played ticketing")
        declare(self._connection.channel(), generate(committed()))
        self._publisher = ConfirmingChannel(self._connection)
        self._channel = self._connection.channel()
        self._arrived: list[amqp.Message] = []
        self._consume()

    def _consume(self) -> None:
        arguments = {"x-queue-type": "quorum"}
        self._channel.queue_declare(_QUEUE, durable=True, auto_delete=False, arguments=arguments)
        for event_type in _TYPES:
            self._channel.queue_bind(_QUEUE, "dispatch.private", event_type)
        self._channel.basic_qos(0, 400, False)
        self._channel.basic_consume(_QUEUE, callback=self._arrived.append)

    def open(self, lives: Iterable[Life]) -> None:
        """New tickets, told to everybody."""
        made = list(lives)
        self.lives |= {life.ticket_id: life for life in made}
        self.tell([life.create() for life in made])

    def tell(self, events: Iterable[Event]) -> None:
        """Publish, and wait for the confirms."""
        publish_all(self._publisher, letters_of(events))

    def step(self, seconds: float = 0.1) -> list[Life]:
        """Answer what has come, or comes within so long; returns tickets that got somebody."""
        self._connection.heartbeat_tick()
        self._connection.poll(seconds)
        self._connection.poll_all()
        if not self._arrived:
            return []
        batch, self._arrived[:] = list(self._arrived), []
        answers = [answer for message in batch if (answer := self._answer(message))]
        self.tell(answers)
        self._channel.basic_ack(batch[-1].delivery_info["delivery_tag"], multiple=True)
        self.refused += sum(one.type == "assignment.refused" for one in answers)
        return [
            self.lives[one.data["ticket_id"]] for one in answers if one.type == "ticket.assigned"
        ]

    def _answer(self, message: amqp.Message) -> Event | None:
        event: dict[str, Any] = orjson.loads(message.body)
        data = event["data"]
        life = self.lives[UUID(data["ticket_id"])]
        if event["type"] == "assignment.proposed":
            return life.answer(data)
        is_theirs = data["epoch"] == life.epoch and data["assignee_id"] == str(life.assignee_id)
        return life.give_back(data["cause"]) if is_theirs and not life.is_finished else None

    def close(self) -> None:
        self._connection.close()
