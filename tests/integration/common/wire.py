"""Calls made by hand with pika, as somebody without our client would make them."""

import json
import time
from typing import Any
from uuid import uuid4

import pika

from libs.common.actor import Actor, sign_actor
from libs.common.bus.outgoing_call import content_of
from libs.common.testing.eventually import eventually


class Wire:
    """One connection with a reply queue, bound as nameko's clients bind theirs."""

    def __init__(self, uri: str) -> None:
        self._connection = pika.BlockingConnection(pika.URLParameters(uri))
        self.channel = self._connection.channel()
        self.sent: dict[str, Any] | None = None
        self.replies = f"wire.{uuid4().hex}"
        self.channel.exchange_declare("nameko-rpc", "topic", durable=True)
        self.channel.queue_declare(self.replies, exclusive=True)
        self.channel.queue_bind(self.replies, "nameko-rpc", self.replies)

    def call(
        self,
        method: str,
        body: bytes,
        headers: dict[str, Any] | None = None,
        *,
        content_type: str | None = "application/json",
        expects_reply: bool = True,
    ) -> dict[str, Any]:
        """Publish to `service.method` and wait for the answer.

        An actor that is still to be signed (see `call_headers`) is signed for this body and reply
        queue; `sent` are the headers as they went.
        """
        reply_to = self.replies if expects_reply else ""
        sign = (headers or {}).get("nameko.actor")
        if callable(sign):
            headers = {**(headers or {}), "nameko.actor": sign(body, reply_to)}
        self.sent = headers
        properties = pika.BasicProperties(
            headers=headers,
            content_type=content_type,
            content_encoding="utf-8" if content_type else None,
            reply_to=self.replies if expects_reply else None,
            correlation_id=uuid4().hex,
        )
        self.channel.basic_publish("nameko-rpc", method, body, properties)
        return self._answer(str(properties.correlation_id)) if expects_reply else {}

    def _answer(self, correlation_id: str) -> dict[str, Any]:
        for frame, properties, body in self.channel.consume(self.replies, inactivity_timeout=15):
            assert frame is not None, "no answer within 15 s"
            self.channel.basic_ack(frame.delivery_tag)
            if properties.correlation_id == correlation_id:
                answer: dict[str, Any] = json.loads(body)
                return answer
        raise AssertionError("the consumer was cancelled")

    def close(self) -> None:
        self._connection.close()


def call_body(**arguments: Any) -> bytes:
    return json.dumps({"args": [], "kwargs": arguments}).encode()


def call_headers(
    method: str,
    key: bytes,
    *,
    actor: Actor,
    seconds: float = 10.0,
    request_id: str = "r-1",
    command_id: str | None = None,
    **changed: Any,
) -> dict[str, Any]:
    """What our client sends; `changed` replaces or (None) removes.

    The actor is a function of body and reply queue, for which it is signed when it goes.
    """
    deadline = time.time() + seconds

    def sign(body: bytes, reply_to: str) -> str:
        return sign_actor(
            actor,
            method=method,
            request_id=command_id or request_id,
            expires_at=deadline,
            key=key,
            content=content_of(body, reply_to),
        )

    headers = {
        "nameko.actor": sign,
        "nameko.deadline": str(deadline),
        "nameko.request_id": request_id,
        "nameko.command_id": command_id,
        **{f"nameko.{name}": value for name, value in changed.items()},
    }
    return {name: value for name, value in headers.items() if value is not None}


def wait_for_consumer(uri: str, queue: str) -> None:
    """Until somebody reads the queue: what is published to it before it stands is lost.

    The services' queues stand before anything is published; the probe's are in no topology file.
    """
    eventually(
        lambda: _consumers(uri, queue),
        timeout=30,
        trouble=(pika.exceptions.ChannelClosedByBroker,),
    )


def _consumers(uri: str, queue: str) -> int:
    with pika.BlockingConnection(pika.URLParameters(uri)) as connection:
        found = connection.channel().queue_declare(queue, passive=True)
        return int(found.method.consumer_count)


class Ear:
    """A queue of its own at one exchange, as another team would bind it."""

    def __init__(self, uri: str, exchange: str, key: str = "#") -> None:
        self._connection = pika.BlockingConnection(pika.URLParameters(uri))
        self.channel = self._connection.channel()
        self.channel.exchange_declare(exchange, "topic", durable=True)
        self.queue = f"ear.{uuid4().hex}"
        self.channel.queue_declare(self.queue, exclusive=True)
        self.channel.queue_bind(self.queue, exchange, key)
        self.properties: list[pika.BasicProperties] = []

    def take(self, number: int, timeout: float = 20.0) -> list[dict[str, Any]]:
        """The bodies of the next messages, in order; what is missing by then is missing."""
        deadline = time.monotonic() + timeout
        taken: list[dict[str, Any]] = []
        while len(taken) < number and time.monotonic() < deadline:
            frame, properties, body = self.channel.basic_get(self.queue, auto_ack=True)
            if frame is None:
                self._connection.process_data_events(time_limit=0.02)
                continue
            self.properties.append(properties)
            taken.append(json.loads(body))
        return taken

    def close(self) -> None:
        self._connection.close()
