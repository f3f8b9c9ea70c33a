"""Asks services on behalf of the caller: one command or one query per request."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from flask import g, request

from gateway.audit.recording import record_fact
from gateway.auth.guard import caller
from gateway.parts import parts
from gateway.request_ids import request_id
from libs.common.actor import Actor
from libs.common.errors import Unavailable, field_error

KEY_HEADER = "Idempotency-Key"
_KEY = re.compile(r"[!-~]{8,128}")
_COMMAND_TIMEOUT = 8.0  # seconds
_QUERY_TIMEOUT = 5.0


def query(
    service: str,
    method: str,
    args: Mapping[str, Any] | None = None,
    *,
    on_behalf_of: Actor | None = None,
) -> Any:
    """The answer of a service's query for the caller, or for another actor; raises DeskError."""
    found = parts().rpc.query(
        service,
        method,
        dict(args or {}),
        actor=on_behalf_of or caller().actor,
        request_id=request_id(),
        timeout=_QUERY_TIMEOUT,
    )
    return logged_reading(found)


def command(
    service: str,
    method: str,
    args: Mapping[str, Any] | None = None,
    *,
    on_behalf_of: Actor | None = None,
) -> Any:
    """The result of a service's command, done once per Idempotency-Key; raises DeskError.

    When no answer comes in time the outcome is unknown: the problem names the id to repeat it with.
    """
    command_id = command_id_of_request()
    try:
        result = parts().rpc.command(
            service,
            method,
            dict(args or {}),
            actor=on_behalf_of or caller().actor,
            command_id=command_id,
            request_id=request_id(),
            timeout=_COMMAND_TIMEOUT,
        )
        return without_audit(logged_reading(result))
    except Unavailable as error:
        if error.details.get("outcome") != "unknown":
            raise
        details = {**error.details, "command_id": command_id}
        raise Unavailable("command.timeout", error.message, details) from error


def without_audit(result: Any) -> Any:
    """The result for the client; what the service tells the operation log is kept for that."""
    if isinstance(result, dict) and "audit" in result:
        g.audit = result["audit"]
        return {name: value for name, value in result.items() if name != "audit"}
    return result


def logged_reading(answer: Any) -> Any:
    """The answer for the client; what it shows of confidential tickets is in the log by then.

    Raises Unavailable, and shows nothing, where the log cannot be written.
    """
    if not isinstance(answer, dict) or "confidential_read" not in answer:
        return answer
    read = answer["confidential_read"]
    for number in read["numbers"]:
        detail = {"what": read["what"]}
        record_fact("confidential_read", object_kind="ticket", object_id=number, detail=detail)
    return {name: value for name, value in answer.items() if name != "confidential_read"}


def command_id_of_request() -> str:
    """The Idempotency-Key, or a new id; raises InvalidInput for what can be none."""
    key = request.headers.get(KEY_HEADER)
    if key is None:
        return str(uuid4())
    if not _KEY.fullmatch(key):
        raise field_error(KEY_HEADER, "8 to 128 visible ASCII characters without spaces")
    return key
