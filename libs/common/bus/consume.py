"""Consumes a service's event queues in batches and acknowledges after the commit."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import amqp
import eventlet
from eventlet.event import Event as Signal
from nameko.extensions import SharedExtension
from sqlalchemy import text

from libs.common import metrics
from libs.common.bus.connection import BROKER_TROUBLE, BackOff, BrokerConnection, connect
from libs.common.bus.handling import Handler, Handling
from libs.common.bus.provide import OnBroker, broker_of, database_of
from libs.common.bus.standing import ensure_topology
from libs.common.bus.topology import Binding, committed
from libs.common.contracts.envelope import Event
from libs.common.crash_points import crash_point
from libs.common.database.failures import count_failures
from libs.common.database.trouble import is_database_trouble
from libs.common.database.unit_of_work import Database, UnitOfWork

if TYPE_CHECKING:
    from libs.common.bus.subscribe import Subscribe

_log = logging.getLogger(__name__)

BATCH = 200
_GATHER = 0.005  # seconds without a further message that end a batch


class _Gone(Exception):
    """The queue does not exist any more."""


class QueueLoop:
    """Reads one queue on a connection of its own until told to stop."""

    def __init__(
        self, queue: str, bindings: tuple[Binding, ...], uri: str, handling: Handling
    ) -> None:
        self._queue = queue
        self._bindings = bindings
        self._uri = uri
        self._handling = handling
        self._arrived: list[amqp.Message] = []
        self._stopping = False
        self.has_broker = False

    def run(self) -> None:
        """Consume; trouble of broker or database gives all messages back and is waited out."""
        pause = BackOff()
        while not self._stopping:
            connection = None
            try:
                connection = connect(self._uri, self._queue)
                channel = self._open(connection)
                self.has_broker = True
                while not self._stopping:
                    self._handle_batch(connection, channel)
                    pause.reset()
            except _Gone:
                return
            except Exception as error:
                if is_database_trouble(error):
                    _log.warning("%s stops consuming: %s", self._queue, error)
                    _abandon(connection)
                    wait_for_database(self._handling.database, lambda: self._stopping)
                elif isinstance(error, BROKER_TROUBLE):
                    self.has_broker = False
                    pause.explain(_log, f"{self._queue} waits for the broker: {error}")
                else:
                    _log.exception("%s failed", self._queue)
                pause.wait()
            finally:
                _abandon(connection)

    def stop(self) -> None:
        """End after the present batch."""
        self._stopping = True

    def _ensure(self, connection: BrokerConnection) -> None:
        # The code's own bindings too: a release whose file is stale loses nothing.
        topology = committed().with_queue(self._queue, self._bindings)
        ensure_topology(connection, topology, queues=[self._queue])

    def _open(self, connection: BrokerConnection) -> Any:
        self._ensure(connection)
        channel = connection.channel()
        # Bodies stay bytes: a stated encoding such as UTF-7 may give texts that no encoding takes.
        channel.auto_decode = False
        self._arrived = []
        channel.basic_qos(0, 2 * BATCH, False)
        channel.basic_consume(self._queue, callback=self._arrived.append)
        return channel

    def _handle_batch(self, connection: BrokerConnection, channel: Any) -> None:
        connection.heartbeat_tick()
        if not self._arrived and not connection.poll(1.0):
            return
        while len(self._arrived) < BATCH and connection.poll(_GATHER):
            pass
        batch, rest = self._arrived[:BATCH], self._arrived[BATCH:]
        if not batch:
            return
        self._handling.apply([_bytes(message) for message in batch])
        crash_point("after_commit_before_ack")
        channel.basic_ack(batch[-1].delivery_info["delivery_tag"], multiple=True)
        self._arrived[:] = rest


class RetiredQueueLoop(QueueLoop):
    """Reads what an earlier release has left in a queue of its own, until the queue is pruned.

    What came to both queues in between is handled once: the inbox knows it.
    """

    def __init__(self, queue: str, uri: str, handling: Handling) -> None:
        super().__init__(queue, (), uri, handling)

    def _ensure(self, connection: BrokerConnection) -> None:
        try:
            with connection.channel() as channel:
                channel.queue_declare(self._queue, passive=True)
        except amqp.NotFound:
            raise _Gone from None


def _bytes(message: amqp.Message) -> bytes:
    return bytes(message.body or b"")


def _abandon(connection: BrokerConnection | None) -> None:
    if connection is not None:
        connection.abandon()


def wait_for_database(database: Database, is_over: Callable[[], bool]) -> None:
    """Probe until the database answers again, or until `is_over`."""
    pause = BackOff()
    while not is_over():
        try:
            with database.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
            return
        except Exception as error:
            if not is_database_trouble(error):
                raise
            pause.wait()


class EventConsumer(SharedExtension, OnBroker):
    """All event queues of one container, and the second attempts of what failed."""

    def __init__(self) -> None:
        self._subscriptions: list[Subscribe] = []
        self._loops: list[QueueLoop] = []
        self._retired: list[QueueLoop] = []
        self._threads: list[Any] = []
        self._stop = threading.Event()

    def register(self, subscription: "Subscribe") -> None:
        """Called by each subscription before the container starts."""
        self._subscriptions.append(subscription)

    def start(self) -> None:
        database = database_of(self.container)
        self._handling = Handling(database, committed().retired_types(database.service))
        for subscription in sorted(self._subscriptions, key=lambda one: one.beside):
            handler = Handler(subscription.method_name, self._worker(subscription))
            add = self._handling.add_beside if subscription.beside else self._handling.add
            for schema in subscription.schemas:
                add(schema.type, handler)
        uri = broker_of(self.container)
        queues: dict[str, list[Binding]] = {}
        for entry in self._subscriptions:
            pairs = queues.setdefault(entry.queue_of(database.service), [])
            pairs += [(f"{schema.producer}.private", schema.type) for schema in entry.schemas]
        self._loops = [
            QueueLoop(queue, tuple(pairs), uri, self._handling)
            for queue, pairs in sorted(queues.items())
        ]
        retired = committed().retired_queues(database.service)
        self._retired = [RetiredQueueLoop(queue, uri, self._handling) for queue in retired]
        runs = [loop.run for loop in (*self._loops, *self._retired)] + [self._retry_failures]
        self._threads = [self.container.spawn_managed_thread(run) for run in runs]

    @property
    def has_broker(self) -> bool:  # type: ignore[override]
        return bool(self._loops) and all(loop.has_broker for loop in self._loops)

    def stop(self) -> None:
        self._stop.set()
        for loop in (*self._loops, *self._retired):
            loop.stop()
        for thread in self._threads:
            thread.wait()

    def kill(self) -> None:
        self._stop.set()
        for loop in (*self._loops, *self._retired):
            loop.stop()

    def _worker(self, subscription: "Subscribe") -> Callable[[UnitOfWork, Sequence[Event]], None]:
        """Run the method in a nameko worker, with its dependencies, and wait for it."""

        def call(*args: Any) -> None:
            done = Signal()

            def finish(_context: Any, result: Any, exc_info: Any) -> tuple[Any, None]:
                done.send(exc_info[1] if exc_info else None)
                # The error is ours to keep; nameko must not think it was lost.
                return result, None

            self.container.spawn_worker(subscription, args, {}, handle_result=finish)
            error = done.wait()
            if error is not None:
                raise error

        def apply(uow: UnitOfWork, events: Sequence[Event]) -> None:
            if subscription.batch:
                call(uow, list(events))
            else:
                for event in events:
                    call(uow, event)

        return apply

    def _retry_failures(self) -> None:
        measured_at = 0.0
        while not self._stop.wait(0.5):
            try:
                self._handling.retry_due_failures()
                if time.monotonic() - measured_at > 5:
                    measured_at = time.monotonic()
                    self._measure()
            except Exception as error:
                if not is_database_trouble(error):
                    _log.exception("retrying failed events")
                eventlet.sleep(1)

    def _measure(self) -> None:
        database = self._handling.database
        with database.engine.connect() as connection:
            waiting, parked = count_failures(connection)
        metrics.set_inbox_failures(database.service, waiting=waiting, parked=parked)
