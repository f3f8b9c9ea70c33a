"""One call as it goes out, again and again if need be, until its deadline."""

import time
from collections.abc import Mapping
from typing import Any

import amqp
import orjson

from libs.common import errors
from libs.common.actor import Actor, sign_actor
from libs.common.errors import DeskError


class ConnectionLost(Exception):
    """The call may not have arrived, or its reply cannot."""


class NotSent(Exception):
    """No service has got this attempt."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class NoAnswer(Exception):
    """Nothing came, and nothing will in time."""

    def __init__(self, message: str = "did not answer in time") -> None:
        super().__init__(message)


class OutgoingCall:
    """What is asked of whom, on whose behalf and until when (Unix seconds)."""

    def __init__(
        self,
        service: str,
        method: str,
        arguments: Mapping[str, Any],
        *,
        actor: Actor,
        request_id: str,
        command_id: str | None = None,
        timeout: float,
    ) -> None:
        self.service = service
        self.routing_key = f"{service}.{method}"
        self._arguments = dict(arguments)
        self._actor = actor
        self._request_id = request_id
        self._command_id = command_id
        self._deadline = time.time() + timeout

    def left(self) -> float:
        """Seconds until the deadline, not below zero."""
        return max(self._deadline - time.time(), 0.0)

    def message(self, key: bytes, reply_to: str, correlation_id: str) -> amqp.Message:
        """The call on nameko's wire, with the actor signed for it alone."""
        body = orjson.dumps({"args": [], "kwargs": self._arguments})
        token = sign_actor(
            self._actor,
            method=self.routing_key,
            request_id=self._command_id or self._request_id,
            expires_at=self._deadline,
            key=key,
            content=content_of(body, reply_to),
        )
        headers = {
            "nameko.actor": token,
            "nameko.deadline": str(self._deadline),
            "nameko.request_id": self._request_id,
        }
        if self._command_id:
            headers["nameko.command_id"] = self._command_id
        return amqp.Message(
            body,
            content_type="application/json",
            content_encoding="utf-8",
            reply_to=reply_to,
            correlation_id=correlation_id,
            # What waits in a dead service's queue must not be done when nobody wants it.
            expiration=str(max(int(self.left() * 1000), 1)),
            application_headers=headers,
        )


def content_of(body: bytes, reply_to: str) -> bytes:
    """What an actor is signed for beside method and request: arguments and the answer's way."""
    return reply_to.encode() + b"\0" + body


def result_of(reply: bytes | str) -> Any:
    """The result in a reply; raises the error that the service raised, with its type."""
    content = orjson.loads(reply)
    error = content["error"]
    if error is None:
        return content["result"]
    kind = errors.BY_NAME.get(error["exc_type"])
    if kind is None:
        raise DeskError("internal", str(error.get("value")))
    raise kind(*error["exc_args"])
