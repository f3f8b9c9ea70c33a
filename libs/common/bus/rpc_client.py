"""The gateway's side of RPC: thread-safe, survives a broker's restart, never hangs.

One connection publishes (under a lock), another is drained by a thread that hands replies to
the threads that wait for them.
"""

import itertools
import logging
import threading
import time
import uuid
from collections.abc import Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Any

import amqp
import orjson

from libs.common import errors
from libs.common.actor import Actor, sign_actor
from libs.common.bus.connection import BROKER_TROUBLE, BackOff, BrokerConnection, connect
from libs.common.errors import DeskError, Unavailable

_log = logging.getLogger(__name__)

RPC_EXCHANGE = "nameko-rpc"
_TICK = 0.25  # seconds between looks at what the broker has returned


class RpcClient:
    """Calls services; every call ends within its time-out, with a result or a DeskError."""

    def __init__(self, amqp_uri: str, actor_key: bytes, *, name: str = "rpc client") -> None:
        self._uri = amqp_uri
        self._key = actor_key
        self._name = name
        self._waiting: dict[str, Future[Any]] = {}
        self._numbers = itertools.count()
        self._prefix = uuid.uuid4().hex
        self._reply_to = f"tidedesk.reply-{self._prefix}"
        self._publishing = threading.Lock()
        self._connection: BrokerConnection | None = None
        self._channel: Any = None
        self._ready = threading.Event()
        self._closed = False
        for run in (self._drain_replies, self._watch_publisher):
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
        call = _Call(service, method, arguments, request_id, None, time.time() + timeout)
        try:
            return self._insist(call, actor)
        except _NoAnswer:
            raise Unavailable("service.unavailable", f"{service} did not answer in time") from None

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
        call = _Call(service, method, arguments, request_id, command_id, time.time() + timeout)
        try:
            return self._insist(call, actor)
        except _NoAnswer:
            raise Unavailable(
                "command.timeout",
                f"{service} did not answer in time; repeat with the same id to learn the outcome",
                {"outcome": "unknown", "command_id": command_id},
            ) from None

    def is_connected(self) -> bool:
        """Whether replies can arrive now."""
        return self._ready.is_set()

    def close(self) -> None:
        """End the threads and connections."""
        self._closed = True
        with self._publishing:
            self._drop_publisher()

    def _insist(self, call: "_Call", actor: Actor) -> Any:
        while True:
            try:
                return self._ask(call, actor)
            except _REPEATABLE:
                if call.left() < 0.1:
                    raise _NoAnswer from None
                # The broker may be back in a moment, and the call bears repeating.
                time.sleep(min(0.1, call.left()))

    def _ask(self, call: "_Call", actor: Actor) -> Any:
        if not self._ready.wait(call.left()):
            raise Unavailable("broker.unavailable", "the message broker cannot be reached")
        correlation_id = f"{self._prefix}-{next(self._numbers)}"
        future: Future[Any] = Future()
        self._waiting[correlation_id] = future
        try:
            self._publish(call, call.message(actor, self._key, self._reply_to, correlation_id))
            reply = future.result(max(call.left(), 0))
        except FutureTimeout:
            raise _NoAnswer from None
        finally:
            self._waiting.pop(correlation_id, None)
        return _result(reply)

    def _publish(self, call: "_Call", message: amqp.Message) -> None:
        with self._publishing:
            try:
                if self._channel is None:
                    self._connection = connect(self._uri, f"{self._name} calls")
                    self._channel = self._connection.channel()
                    self._channel.events["basic_return"].add(self._on_return)
                if self._connection is not None and self._connection.is_blocked:
                    raise Unavailable("broker.blocked", "the message broker takes nothing now")
                key = f"{call.service}.{call.method}"
                self._channel.basic_publish(message, RPC_EXCHANGE, key, mandatory=True)
            except amqp.NotFound:
                # No service has ever declared the exchange.
                self._drop_publisher()
                raise _unknown(call.service) from None
            except BROKER_TROUBLE:
                self._drop_publisher()
                raise

    def _on_return(self, _error: Any, _exchange: str, key: str, message: Any) -> None:
        future = self._waiting.get(message.properties.get("correlation_id"))
        if future is not None and not future.done():
            future.set_exception(_unknown(key.partition(".")[0]))

    def _watch_publisher(self) -> None:
        """Nobody else reads that connection: returns, blocks and heartbeats are seen here."""
        while not self._closed:
            time.sleep(_TICK)
            with self._publishing:
                try:
                    if self._connection is not None:
                        self._connection.heartbeat_tick()
                        self._connection.poll_all()
                except BROKER_TROUBLE:
                    self._drop_publisher()

    def _drop_publisher(self) -> None:
        if self._connection is not None:
            self._connection.abandon()
        self._connection = self._channel = None

    def _drain_replies(self) -> None:
        pause = BackOff()
        while not self._closed:
            connection = None
            try:
                connection = connect(self._uri, f"{self._name} replies")
                self._listen(connection.channel())
                self._ready.set()
                pause.reset()
                while not self._closed:
                    connection.heartbeat_tick()
                    connection.poll(1.0)
            except BROKER_TROUBLE as error:
                _log.warning("%s lost the broker: %s", self._name, error)
            except Exception:
                _log.exception("%s failed", self._name)
            finally:
                self._ready.clear()
                if connection is not None:
                    connection.abandon()
                self._fail_waiting()
            if not self._closed:
                pause.wait()

    def _listen(self, channel: Any) -> None:
        channel.exchange_declare(RPC_EXCHANGE, "topic", durable=True, auto_delete=False)
        channel.queue_declare(self._reply_to, exclusive=True, auto_delete=True)
        channel.queue_bind(self._reply_to, RPC_EXCHANGE, self._reply_to)
        channel.basic_consume(self._reply_to, callback=self._on_reply, no_ack=True)

    def _on_reply(self, message: amqp.Message) -> None:
        future = self._waiting.get(message.properties.get("correlation_id"))
        if future is not None and not future.done():
            future.set_result(message.body)

    def _fail_waiting(self) -> None:
        for future in list(self._waiting.values()):
            if not future.done():
                future.set_exception(_ConnectionLost())


class _ConnectionLost(Exception):
    """The reply cannot arrive any more."""


class _NoAnswer(Exception):
    """The deadline passed."""


# What a call bears being repeated after.
_REPEATABLE: tuple[type[BaseException], ...] = (_ConnectionLost, *BROKER_TROUBLE)


class _Call:
    def __init__(
        self,
        service: str,
        method: str,
        arguments: Mapping[str, Any],
        request_id: str,
        command_id: str | None,
        deadline: float,
    ) -> None:
        self.service = service
        self.method = method
        self._arguments = arguments
        self._request_id = request_id
        self._command_id = command_id
        self._deadline = deadline

    def left(self) -> float:
        """Seconds until the deadline, not below zero."""
        return max(self._deadline - time.time(), 0.0)

    def message(self, actor: Actor, key: bytes, reply_to: str, correlation_id: str) -> amqp.Message:
        token = sign_actor(
            actor,
            method=f"{self.service}.{self.method}",
            request_id=self._command_id or self._request_id,
            expires_at=self._deadline,
            key=key,
        )
        headers = {
            "nameko.actor": token,
            "nameko.deadline": str(self._deadline),
            "nameko.request_id": self._request_id,
        }
        if self._command_id:
            headers["nameko.command_id"] = self._command_id
        return amqp.Message(
            orjson.dumps({"args": [], "kwargs": dict(self._arguments)}),
            content_type="application/json",
            content_encoding="utf-8",
            reply_to=reply_to,
            correlation_id=correlation_id,
            # What waits in a dead service's queue must not be done when nobody wants it.
            expiration=str(max(int(self.left() * 1000), 1)),
            application_headers=headers,
        )


def _unknown(service: str) -> Unavailable:
    return Unavailable("service.unavailable", f"{service} has not been started")


def _result(body: bytes | str) -> Any:
    reply = orjson.loads(body)
    error = reply["error"]
    if error is None:
        return reply["result"]
    kind = errors.BY_NAME.get(error["exc_type"])
    if kind is None:
        raise DeskError("internal", str(error.get("value")))
    raise kind(*error["exc_args"])
