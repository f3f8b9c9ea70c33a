"""Publishes the outbox: each row to the private and the public exchange of its producer.

Any number of processes may run a relay; whoever holds the advisory lock publishes, so events of
one subject never overtake one another. A row is deleted only after the broker has confirmed it.
"""

import logging
import threading
import time
from collections.abc import Iterator
from typing import Any

import amqp
import eventlet
from nameko.extensions import DependencyProvider

import libs.common.contracts  # noqa: F401  (so that every type is known here)
from libs.common import metrics
from libs.common.bus.connection import BROKER_TROUBLE, BackOff, BrokerConnection, connect
from libs.common.bus.provide import OnBroker, broker_of, database_of
from libs.common.bus.publisher import ConfirmingChannel, durable_json, publish_all
from libs.common.bus.standing import ensure_topology
from libs.common.bus.topology import Topology, committed, owner_of
from libs.common.contracts.envelope import REGISTRY, public_body
from libs.common.crash_points import crash_point
from libs.common.database import outbox
from libs.common.database.outbox import OutboxRow
from libs.common.database.sent import keep_sent
from libs.common.database.trouble import is_database_trouble
from libs.common.database.unit_of_work import Database

_log = logging.getLogger(__name__)

BATCH = 500
_POLL = 0.2  # seconds between looks without a wake-up
_GATHER = 0.004  # seconds that a wake-up waits for company: a batch costs hardly more than one


class RelayLoop:
    """Carries rows from one service's outbox to the broker until told to stop."""

    def __init__(self, database: Database, amqp_uri: str, topology: Topology | None = None) -> None:
        self._database = database
        self._topology = topology or committed()
        self._uri = amqp_uri
        self._connection: BrokerConnection | None = None
        self._channel: ConfirmingChannel | None = None
        self._stopping = False
        self._wake = threading.Event()
        self._subscribed = self._topology.subscribed_types()
        self._measured_at = 0.0
        self.has_broker = False
        database.when_emitted(self._wake.set)

    def run(self) -> None:
        """Relay until `stop`; broker and database trouble are waited out."""
        pause = BackOff()
        while not self._stopping:
            try:
                self._relay_waiting()
                pause.reset()
            except Exception as error:
                self._drop_connection()
                if isinstance(error, BROKER_TROUBLE):
                    self.has_broker = False
                elif not is_database_trouble(error):
                    _log.exception("relay of %s failed", self._database.service)
                pause.explain(_log, f"relay of {self._database.service} waits: {error}")
                pause.wait()
        self._drop_connection()

    def stop(self) -> None:
        """End after the present batch."""
        self._stopping = True
        self._wake.set()

    def _relay_waiting(self) -> None:
        channel = self._ready_channel()
        while self._relay_batch(channel) == BATCH and not self._stopping:
            pass
        self._measure()
        if self._wake.wait(_POLL):
            self._wake.clear()
            time.sleep(_GATHER)

    def _relay_batch(self, channel: ConfirmingChannel) -> int:
        with self._database.engine.begin() as connection:
            if not outbox.take_turn(connection):
                return 0
            rows = outbox.next_rows(connection, BATCH)
            if not rows:
                return 0
            self._publish(channel, rows)
            crash_point("after_publish_before_delete")
            outbox.drop_rows(connection, rows)
            keep_sent(connection, rows, self._database.keys)
        metrics.count_relayed(self._database.service, "confirmed", len(rows))
        return len(rows)

    def _publish(self, channel: ConfirmingChannel, rows: list[OutboxRow]) -> None:
        try:
            publish_all(channel, self._messages(rows))
        except BROKER_TROUBLE:
            metrics.count_relayed(self._database.service, "unconfirmed", len(rows))
            raise

    def _messages(self, rows: list[OutboxRow]) -> Iterator[tuple[str, str, amqp.Message, bool]]:
        for row in rows:
            schema = REGISTRY.get(row.type)
            producer = schema.producer if schema else self._database.service
            properties = {"message_id": row.event_id, "type": row.type}
            body = row.body.encode()
            must_arrive = row.type in self._subscribed
            yield f"{producer}.private", row.type, durable_json(body, **properties), must_arrive
            if schema is None:
                # Written by a newer release: nobody here knows what of it is private.
                _log.error("%s %s is published in private only", row.type, row.event_id)
                continue
            public = durable_json(public_body(row.type, body), **properties)
            yield f"{producer}.events", row.type, public, False

    def _ready_channel(self) -> ConfirmingChannel:
        if self._connection is None or self._channel is None:
            self._connection = connect(self._uri, f"relay {self._database.service}")
            ensure_topology(self._connection, self._topology, exchanges=self._own_exchanges())
            self._channel = ConfirmingChannel(self._connection)
        self._connection.heartbeat_tick()
        self._connection.poll_all()
        self._connection.refuse_if_blocked()
        self.has_broker = True
        return self._channel

    def _own_exchanges(self) -> list[str]:
        exchanges = self._topology.exchanges
        return [name for name in exchanges if owner_of(name) == self._database.service]

    def _drop_connection(self) -> None:
        if self._connection is not None:
            self._connection.abandon()
        self._connection = self._channel = None

    def _measure(self) -> None:
        if time.monotonic() - self._measured_at < 5:
            return
        self._measured_at = time.monotonic()
        with self._database.engine.connect() as connection:
            rows, age = outbox.backlog(connection)
        metrics.set_outbox(self._database.service, rows=rows, age_seconds=age)


class _SharedLoop:
    """Runs while any container of the service does: in one process they commit to one outbox."""

    def __init__(self, loop: RelayLoop) -> None:
        self.loop = loop
        self._members = 0
        self._thread: Any = None

    def join(self) -> None:
        self._members += 1
        if self._thread is None:
            self._thread = eventlet.spawn(self.loop.run)

    def leave(self) -> None:
        """The last one to leave waits for the present batch."""
        self._members -= 1
        if self._members == 0:
            self.loop.stop()
            self._thread.wait()


_shared: dict[Database, _SharedLoop] = {}  # a process has one database per service, until its end


class Relay(DependencyProvider, OnBroker):
    """Runs the relay beside a service's entrypoints; every green process that writes has one."""

    def setup(self) -> None:
        database = database_of(self.container)
        if database not in _shared:
            _shared[database] = _SharedLoop(RelayLoop(database, broker_of(self.container)))
        self._shared = _shared[database]

    @property
    def has_broker(self) -> bool:  # type: ignore[override]
        shared = getattr(self, "_shared", None)  # none before the set-up
        return shared is not None and shared.loop.has_broker

    def start(self) -> None:
        self._shared.join()

    def stop(self) -> None:
        self._shared.leave()

    def kill(self) -> None:
        self._shared.loop.stop()
