"""The gateway's side of RPC: thread-safe, survives a broker's restart, never hangs.

One connection publishes (under a lock), another is drained by a thread that hands replies to
the threads that wait for them. Both are opened by threads of their own, never by a caller.
"""

import itertools
import logging
import threading
import time
import uuid
from collections.abc import Mapping
from concurrent.futures import Future, InvalidStateError
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import suppress
from typing import Any

import amqp

from libs.common.actor import Actor
from libs.common.bus.broker_users import REPLIES
from libs.common.bus.connection import BROKER_TROUBLE, BackOff, BrokerConnection, connect
from libs.common.bus.outgoing_call import (
    ConnectionLost,
    NoAnswer,
    NotSent,
    OutgoingCall,
    result_of,
)
from libs.common.bus.standing import ensure_part
from libs.common.bus.topology import RPC_EXCHANGE, declare_exchange
from libs.common.errors import Unavailable

_log = logging.getLogger(__name__)

_BLOCKED = "the message broker takes nothing now"
_TICK = 0.25  # seconds between looks at what the broker has returned

# What a call bears being repeated after.
_REPEATABLE: tuple[type[BaseException], ...] = (ConnectionLost, *BROKER_TROUBLE)


class RpcClient:
    """Calls services; every call ends within its time-out, with a result or a DeskError."""

    def __init__(self, amqp_uri: str, actor_key: bytes, *, name: str = "rpc client") -> None:
        self._uri = amqp_uri
        self._key = actor_key
        self._name = name
        self._waiting: dict[str, Future[bytes | str]] = {}
        self._numbers = itertools.count()
        self._reply_to = ""
        self._publishing = threading.Lock()
        self._connection: BrokerConnection | None = None
        self._channel: Any = None
        self._hears = threading.Event()
        self._speaks = threading.Event()
        self._closed = False
        for run in (self._drain_replies, self._keep_publisher):
            threading.Thread(target=run, daemon=True, name=f"{name} {run.__name__}").start()

    def query(
        self,
        service: str,
        method: str,
        arguments: Mapping[str, Any],
        *,
        actor: Actor,
        request_id: str,
        timeout: float = 5.0,
    ) -> Any:
        """Ask; asked again after a lost connection, as long as the time-out (seconds) allows."""
        call = OutgoingCall(
            service, method, arguments, actor=actor, request_id=request_id, timeout=timeout
        )
        try:
            return self._insist(call)
        except NoAnswer as reason:
            raise Unavailable("service.unavailable", f"{service}: {reason}") from None

    def command(
        self,
        service: str,
        method: str,
        arguments: Mapping[str, Any],
        *,
        actor: Actor,
        command_id: str,
        request_id: str,
        timeout: float = 8.0,
    ) -> Any:
        """Have something done, once per `command_id`.

        Raises Unavailable `command.timeout` with `outcome: unknown` and the id to repeat with.
        """
        call = OutgoingCall(
            service,
            method,
            arguments,
            actor=actor,
            request_id=request_id,
            command_id=command_id,
            timeout=timeout,
        )
        try:
            return self._insist(call)
        except NoAnswer as reason:
            raise Unavailable(
                "command.timeout",
                f"{service}: {reason}; repeat with the same id to learn the outcome",
                {"outcome": "unknown", "command_id": command_id},
            ) from None

    def is_connected(self) -> bool:
        """Whether calls can go out and replies come in now."""
        return self._hears.is_set() and self._speaks.is_set()

    def close(self) -> None:
        """End the threads and connections."""
        self._closed = True
        with self._publishing:
            self._drop_publisher()

    def _insist(self, call: OutgoingCall) -> Any:
        may_be_done = False
        while True:
            try:
                return self._ask(call)
            except NotSent as reason:
                if may_be_done:
                    raise NoAnswer(str(reason)) from None
                raise Unavailable(reason.code, str(reason)) from None
            except _REPEATABLE:
                may_be_done = True
                if call.left() < 0.1:
                    raise NoAnswer from None
                # The broker may be back in a moment, and the call bears repeating.
                time.sleep(min(0.1, call.left()))

    def _ask(self, call: OutgoingCall) -> Any:
        if not (self._hears.wait(call.left()) and self._speaks.wait(call.left())):
            raise NotSent("broker.unavailable", "the message broker cannot be reached")
        correlation_id = f"{self._reply_to}-{next(self._numbers)}"
        future: Future[bytes | str] = Future()
        self._waiting[correlation_id] = future
        try:
            if not self._hears.is_set():
                # Lost before the future stood among those that are told of it.
                raise ConnectionLost
            self._publish(call, call.message(self._key, self._reply_to, correlation_id))
            reply = future.result(call.left())
        except FutureTimeout:
            raise NoAnswer from None
        finally:
            self._waiting.pop(correlation_id, None)
        return result_of(reply)

    def _publish(self, call: OutgoingCall, message: amqp.Message) -> None:
        if not self._publishing.acquire(timeout=call.left()):
            raise NotSent("broker.unavailable", "the message broker is too slow")
        try:
            if self._connection is None:
                raise ConnectionLost
            if self._connection.is_blocked:
                raise NotSent("broker.blocked", _BLOCKED)
            self._channel.basic_publish(message, RPC_EXCHANGE, call.routing_key, mandatory=True)
        except BROKER_TROUBLE:
            self._drop_publisher()
            raise
        finally:
            self._publishing.release()

    def _on_return(self, _error: Any, _exchange: str, key: str, message: Any) -> None:
        service = key.partition(".")[0]
        error = NotSent("service.unavailable", f"{service} has not been started")
        self._fail(self._waiting.get(message.properties.get("correlation_id")), error)

    def _keep_publisher(self) -> None:
        """Nobody else reads that connection: returns, blocks and heartbeats are seen here."""
        pause = BackOff()
        while not self._closed:
            try:
                if self._connection is None:
                    self._open_publisher()
                self._look_at_publisher()
                pause.reset()
                time.sleep(_TICK)
            except Exception as error:
                # Of any kind: without this thread no call would ever go out again.
                if isinstance(error, BROKER_TROUBLE):
                    pause.explain(_log, f"{self._name} cannot publish: {error}")
                else:
                    _log.exception("%s cannot publish", self._name)
                with self._publishing:
                    self._drop_publisher()
                pause.wait()

    def _open_publisher(self) -> None:
        connection = connect(self._uri, f"{self._name} calls")
        channel = connection.channel()
        channel.events["basic_return"].add(self._on_return)
        with self._publishing:
            self._connection, self._channel = connection, channel
            self._speaks.set()
            if self._closed:
                self._drop_publisher()

    def _look_at_publisher(self) -> None:
        with self._publishing:
            if self._connection is None:
                return
            self._connection.heartbeat_tick()
            self._connection.poll_all()
            if self._connection.is_blocked:
                # What was sent lies in the socket until the broker reads again.
                self._fail_waiting(NoAnswer(_BLOCKED))

    def _drop_publisher(self) -> None:
        self._speaks.clear()
        if self._connection is not None:
            self._connection.abandon()
        self._connection = self._channel = None
        # Their calls may never have arrived.
        self._fail_waiting(ConnectionLost())

    def _drain_replies(self) -> None:
        pause = BackOff()
        while not self._closed:
            connection = None
            try:
                connection = connect(self._uri, f"{self._name} replies")
                self._listen(connection)
                self._hears.set()
                pause.reset()
                while not self._closed:
                    connection.heartbeat_tick()
                    connection.poll(1.0)
            except BROKER_TROUBLE as error:
                pause.explain(_log, f"{self._name} waits for the broker: {error}")
            except Exception:
                _log.exception("%s failed", self._name)
            finally:
                self._hears.clear()
                if connection is not None:
                    connection.abandon()
                self._fail_waiting(ConnectionLost())
            if not self._closed:
                pause.wait()

    def _listen(self, connection: BrokerConnection) -> None:
        ensure_part(connection, _declare_exchange, [RPC_EXCHANGE])
        channel = connection.channel()
        # A name of its own each time: the broker may take the last connection for alive yet.
        queue = f"{REPLIES}{uuid.uuid4().hex}"
        channel.queue_declare(queue, exclusive=True, auto_delete=True)
        channel.queue_bind(queue, RPC_EXCHANGE, queue)
        channel.basic_consume(queue, callback=self._on_reply, no_ack=True)
        self._reply_to = queue

    def _on_reply(self, message: amqp.Message) -> None:
        future = self._waiting.get(message.properties.get("correlation_id"))
        if future is not None:
            with suppress(InvalidStateError):
                future.set_result(message.body)

    def _fail_waiting(self, error: Exception) -> None:
        for future in list(self._waiting.values()):
            self._fail(future, error)

    def _fail(self, future: Future[bytes | str] | None, error: Exception) -> None:
        if future is not None:
            with suppress(InvalidStateError):
                future.set_exception(error)


def _declare_exchange(channel: Any) -> None:
    declare_exchange(channel, RPC_EXCHANGE)
