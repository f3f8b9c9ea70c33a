"""One connection that consumes one queue: gives the worker events, acknowledges the handled."""

import logging
import time
from contextlib import suppress
from typing import Any

import pika
from pika.exceptions import AMQPError, ChannelClosed

from .letters import Letters
from .worker import Delivery, HandlerFailed, Outcome, Settled, Worker

_log = logging.getLogger(__name__)

_TICK = 0.5  # seconds
_GLANCES = 50


class Session:
    """Lives as long as its connection. All but `settle` belong to the thread that made it."""

    def __init__(self, parameters: Any, worker: Worker, letters: Letters | None) -> None:
        self._connection = pika.BlockingConnection(parameters)
        self._channel = self._connection.channel()
        self._letters = letters
        self._worker = worker
        self._settled = Settled()
        self._consuming: tuple[str, str] | None = None
        self._widen_to = 0
        self._heard_at = time.monotonic()
        self._count = 0
        self.is_open = True
        self.unsettled = 0
        self.first_offset: int | None = None
        self.settled_offset: int | None = None

    def consume(self, queue: str, prefetch: int, arguments: dict[str, Any] | None = None) -> None:
        """Begin, with so many messages on their way at a time."""
        self._channel.basic_qos(prefetch_count=prefetch)
        tag = self._channel.basic_consume(queue, self._receive, arguments=arguments)
        self._consuming = (tag, queue)

    def consume_carefully(self, queue: str, prefetch: int) -> None:
        """Begin with one message; the others come when it has been handled.

        A message that ends the process is then the only one whose deliveries count against it.
        """
        self._widen_to = prefetch
        self.consume(queue, 1)

    def serve(self) -> None:
        """Hear and acknowledge for half a second at most; raises AMQPError when that is over."""
        self._connection.process_data_events(time_limit=_TICK)
        self._acknowledge()
        self._worker.raise_death()
        # pika tells of a lost connection, but not of a channel that the broker has closed.
        if not self._channel.is_open:
            raise ChannelClosed(0, "the broker has closed the channel")

    def settle(self, outcome: Outcome) -> None:
        """From the worker's thread: this one is handled."""
        if self._settled.put(outcome):
            with suppress(AMQPError):
                self._connection.add_callback_threadsafe(lambda: None)

    def is_quiet(self, seconds: float) -> bool:
        """Whether all is handled, and the broker, asked again, has had nothing for so long."""
        if self.unsettled or time.monotonic() - self._heard_at < seconds or not self._consuming:
            return False
        before = self._count
        # Its answer comes behind all that the broker had to deliver on this channel.
        self._channel.queue_declare(self._consuming[1], passive=True)
        self._connection.process_data_events(time_limit=0)
        return self._count == before

    def leave(self, patience: float) -> None:
        """Take no more, let the worker end its event, acknowledge it, close."""
        deadline = time.monotonic() + patience
        with suppress(AMQPError):
            if self._consuming:
                self._channel.basic_cancel(self._consuming[0])
            while not self._worker.has_ended and time.monotonic() < deadline:
                self.serve()
            self._acknowledge()
        self.close()

    def close(self) -> None:
        """What is not acknowledged comes again."""
        self.is_open = False
        with suppress(AMQPError):
            if self._connection.is_open:
                self._let_arrive()
                self._connection.close()

    def _let_arrive(self) -> None:
        """Let pika hand out what is on its way from a stream.

        It rejects what it holds when it closes; a stream refuses that, and complains in its log.
        """
        if self.first_offset is None:
            return
        for _ in range(_GLANCES):
            before = self._count
            self._connection.process_data_events(time_limit=0.02)
            if self._count == before:
                return

    def _receive(self, _channel: Any, method: Any, properties: Any, body: bytes) -> None:
        offset = (properties.headers or {}).get("x-stream-offset")
        self.unsettled += 1
        self._count += 1
        self._heard_at = time.monotonic()
        if self.first_offset is None:
            self.first_offset = offset
        key = method.routing_key
        self._worker.put(Delivery(self, method.delivery_tag, body, properties, key, offset))

    def _acknowledge(self) -> None:
        """The worker keeps the order, so that the last one answers for all before it."""
        last = None
        for outcome in self._settled.take_all():
            if outcome.reason is not None:
                self._bury(outcome)
            last = outcome.delivery
            self.unsettled -= 1
        if last is None:
            return
        self.settled_offset = last.offset
        if self._widen_to:
            self._widen()
        self._channel.basic_ack(last.tag, multiple=True)

    def _bury(self, outcome: Outcome) -> None:
        if self._letters is None:
            raise HandlerFailed(outcome.reason)
        _log.error("%s is put aside: %s", outcome.delivery.routing_key, outcome.reason)
        self._letters.bury(self._connection, outcome)

    def _widen(self) -> None:
        assert self._consuming
        tag, queue = self._consuming
        self._channel.basic_cancel(tag)
        self.consume(queue, self._widen_to)
        self._widen_to = 0
