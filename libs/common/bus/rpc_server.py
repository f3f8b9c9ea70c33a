"""RPC on nameko's wire, with what nameko leaves out: deadlines, a verified actor, typed errors
and replies that cost one frame.

Stock nameko opens a connection object and waits for a publisher confirm for every reply. A lost
reply needs no confirm here: the caller's deadline passes, and a command can be repeated by its id.
"""

import logging
import time
from contextlib import suppress
from functools import partial
from typing import Any

import eventlet
import orjson
from amqp import Message
from eventlet.semaphore import Semaphore
from kombu.serialization import register
from nameko.exceptions import ContainerBeingKilled, MethodNotFound, get_module_path
from nameko.extensions import SharedExtension
from nameko.messaging import QueueConsumer
from nameko.rpc import Rpc, RpcConsumer

from libs.common import errors
from libs.common.actor import verify_actor
from libs.common.bus.call import Call
from libs.common.bus.connection import BROKER_TROUBLE, BackOff, BrokerConnection, connect
from libs.common.bus.outgoing_call import content_of
from libs.common.bus.provide import OnBroker, broker_of, config_of
from libs.common.bus.standing import NotStanding, ensure_topology
from libs.common.bus.topology import RPC_EXCHANGE, call_queue, committed
from libs.common.clock import utc_now
from libs.common.errors import DeskError, InvalidInput, Unavailable

_log = logging.getLogger(__name__)

_DEFAULT_TIME = 10.0  # seconds
_LONGEST_TIME = 300.0  # seconds

register("json", lambda value: orjson.dumps(value).decode(), orjson.loads, "application/json")


class CallQueue(QueueConsumer, OnBroker):
    """nameko's consumer, without a greenlet per message and without losing what it cannot read."""

    def create_connection(self) -> Any:
        self.has_broker = False
        return super().create_connection()

    def get_consumers(self, consumer_cls: Any, channel: Any) -> Any:
        self._wait_until_it_stands()
        return super().get_consumers(consumer_cls, channel)

    def on_consume_ready(self, *parts: Any, **more: Any) -> None:
        self.has_broker = True
        super().on_consume_ready(*parts, **more)

    def _wait_until_it_stands(self) -> None:
        """On a connection of its own: what is refused there costs no consumer its channel."""
        service, pause = self.container.service_name, BackOff()
        part = {"exchanges": [RPC_EXCHANGE], "queues": [call_queue(service)]}
        while True:
            try:
                with connect(broker_of(self.container), f"calls of {service}") as connection:
                    ensure_topology(connection, committed().with_callee(service), **part)
                return
            except NotStanding as reason:
                pause.explain(_log, f"calls of {service}: {reason}")
                pause.wait()

    def handle_message(self, provider: Any, body: Any, message: Any) -> None:
        provider.handle_message(body, message)

    def ack_message(self, message: Any) -> None:
        # A connection that breaks here has given the call back already; no reason to die.
        with suppress(*BROKER_TROUBLE):
            super().ack_message(message)

    def on_decode_error(self, message: Any, exc: Exception) -> None:
        _log.warning("unreadable call refused: %s", exc)
        for provider in self._providers:
            provider.answer(message, None, InvalidInput("call.malformed", "the call is not JSON"))


class ReplyChannel(SharedExtension):
    """One connection for all replies of the container."""

    def __init__(self) -> None:
        self._lock = Semaphore()
        self._connection: BrokerConnection | None = None
        self._channel: Any = None

    def start(self) -> None:
        self.container.spawn_managed_thread(self._keep_alive, identifier="replies")

    def send(self, reply_to: str, correlation_id: str | None, body: bytes) -> None:
        """Publish; on a broken connection once more on a new one, then give up."""
        message = Message(
            body,
            content_type="application/json",
            content_encoding="utf-8",
            correlation_id=correlation_id,
        )
        with self._lock:
            for last in (False, True):
                try:
                    self._open().basic_publish(message, RPC_EXCHANGE, reply_to)
                    return
                except BROKER_TROUBLE as error:
                    self._close()
                    if last:
                        _log.warning("a reply was lost: %s", error)

    def _open(self) -> Any:
        if self._connection is None:
            uri = broker_of(self.container)
            self._connection = connect(uri, f"replies {self.container.service_name}")
            self._channel = self._connection.channel()
        self._connection.refuse_if_blocked()
        return self._channel

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.abandon()
        self._connection = None

    def _keep_alive(self) -> None:
        while True:
            eventlet.sleep(5)
            with self._lock:
                try:
                    if self._connection is not None:
                        self._connection.heartbeat_tick()
                        self._connection.poll_all()
                except BROKER_TROUBLE:
                    self._close()


class CallConsumer(RpcConsumer):
    """nameko's queue of calls, answered through the reply channel."""

    queue_consumer = CallQueue()
    replies = ReplyChannel()

    def setup(self) -> None:
        super().setup()
        # CallQueue sees to it.
        self.queue.no_declare = True

    def handle_message(self, body: Any, message: Any) -> None:
        # Whatever raised here would end the container.
        try:
            provider = self.get_provider_for_method(message.delivery_info["routing_key"])
            provider.handle_message(body, message)
        except ContainerBeingKilled:
            self.requeue_message(message)
        except DeskError as error:
            self.answer(message, None, error)
        except MethodNotFound as error:
            self.answer(message, None, InvalidInput("call.malformed", f"no method {error}"))
        except Exception as error:
            self.answer(message, None, InvalidInput("call.malformed", str(error)))

    def answer(self, message: Any, result: Any, error: DeskError | None) -> None:
        """Reply, then acknowledge: a worker that dies before does the call again, by its id."""
        reply_to = message.properties.get("reply_to")
        if reply_to:
            body = _reply(result, error)
            self.replies.send(reply_to, message.properties.get("correlation_id"), body)
        self.queue_consumer.ack_message(message)


def _reply(result: Any, error: DeskError | None) -> bytes:
    try:
        return orjson.dumps({"result": result, "error": wire_error(error)})
    except TypeError as unserialisable:
        # Raised in a worker, this would end the container, and its successor's, and so on.
        _log.error("a reply is no JSON: %s", unserialisable)
        return orjson.dumps({"result": None, "error": wire_error(_internal())})


def _internal() -> DeskError:
    return DeskError("internal", "an internal error occurred")


def wire_error(error: DeskError | None) -> dict[str, Any] | None:
    """nameko's form of an error, with details that keep their types."""
    if error is None:
        return None
    kind = next(base for base in type(error).__mro__ if base.__name__ in errors.BY_NAME)
    return {
        "exc_type": kind.__name__,
        "exc_path": get_module_path(kind),
        "exc_args": [error.code, error.message, error.details],
        "value": str(error),
    }


class CallEntrypoint(Rpc):
    """An RPC method. `@command` and `@query` of `libs.common.bus.rpc` are what services use."""

    rpc_consumer = CallConsumer()

    def setup(self) -> None:
        config_of(self.container).require_actor_key()
        super().setup()

    def handle_message(self, body: Any, message: Any) -> None:
        args, arguments = _arguments(body)
        call = self._call(self.unpack_message_headers(message), _content(message))
        answer = partial(self._answer, message)
        self.container.spawn_worker(self, (call, *args), arguments, handle_result=answer)

    def _call(self, context: dict[str, Any], content: bytes) -> Call:
        deadline = _deadline(context.get("deadline"))
        request_id = str(context.get("request_id") or "")
        command_id = str(context.get("command_id") or "") or None
        actor = verify_actor(
            context.get("actor"),
            method=f"{self.container.service_name}.{self.method_name}",
            request_id=command_id or request_id,
            key=config_of(self.container).require_actor_key(),
            content=content,
        )
        return Call(
            actor=actor,
            now=utc_now(),
            deadline=deadline,
            request_id=request_id,
            command_id=command_id,
        )

    def _answer(self, message: Any, _context: Any, result: Any, exc_info: Any) -> tuple[Any, None]:
        error = None
        if exc_info is not None:
            error = exc_info[1]
            if not isinstance(error, DeskError):
                error = _internal()
        self.rpc_consumer.answer(message, result, error)
        return result, None


def _arguments(body: Any) -> tuple[list[Any], dict[str, Any]]:
    try:
        args, arguments = body["args"], body["kwargs"]
    except (KeyError, TypeError, IndexError):
        args = arguments = None
    if not isinstance(args, list) or not isinstance(arguments, dict):
        raise InvalidInput("call.malformed", "a call is {args: [], kwargs: {}}")
    return args, arguments


def _content(message: Any) -> bytes:
    body = message.body
    raw = body.encode() if isinstance(body, str) else bytes(body)
    return content_of(raw, str(message.properties.get("reply_to") or ""))


def _deadline(stated: Any) -> float:
    """Unix seconds; a call without a deadline, or with a far one, ends all the same."""
    now = time.time()
    if stated is None:
        return now + _DEFAULT_TIME
    left = float(stated) - now
    if not left > 0:  # so that "nan" is none either
        raise Unavailable("call.expired", "the call's deadline passed before it was begun")
    return now + min(left, _LONGEST_TIME)


def register_errors() -> None:
    """Let stock nameko clients raise our errors with their type."""
    from nameko.exceptions import deserialize_to_instance

    for kind in errors.BY_NAME.values():
        deserialize_to_instance(kind)
