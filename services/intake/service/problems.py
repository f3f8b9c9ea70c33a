"""Refusals as RFC 9457 problem+json, with the words of libs.common.errors."""

import logging
import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from libs.common.database.trouble import is_database_trouble
from libs.common.errors import DeskError, InvalidInput, TooLarge, Unavailable
from libs.common.ids import uuid7

_log = logging.getLogger(__name__)

_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{8,64}")
RETRY_AFTER = 2  # seconds


def request_id() -> str:
    """The caller's X-Request-Id, or one of our own."""
    if "request_id" not in g:
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if _REQUEST_ID.fullmatch(given) else str(uuid7())
    return str(g.request_id)


def problem(error: DeskError) -> Response:
    """The answer to a refused request."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": type(error).__name__,
        "status": error.status,
        "detail": error.message,
        "code": error.code,
        "request_id": request_id(),
    }
    if errors := error.details.get("errors"):
        body["errors"] = errors
    answer = Response(orjson.dumps(body), error.status, content_type="application/problem+json")
    if error.status in (429, 503):
        answer.headers["Retry-After"] = str(error.details.get("retry_after", RETRY_AFTER))
    if error.status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def register_problems(app: Flask) -> None:
    """Answer every error of the app with a problem."""
    app.register_error_handler(DeskError, problem)
    app.register_error_handler(HTTPException, _http_problem)
    app.register_error_handler(Exception, _unexpected)


def _http_problem(error: HTTPException) -> Response:
    if isinstance(error, RequestEntityTooLarge):
        limit = (request.max_content_length or 1) - 1
        return problem(TooLarge("body.too_large", f"the body is larger than {limit} bytes"))
    answer = DeskError(f"http.{error.code}", error.description or error.name)
    answer.status = error.code or 500
    return problem(answer)


def _unexpected(error: Exception) -> Response:
    if is_database_trouble(error):
        _log.warning("the database does not answer: %s", error)
        return problem(Unavailable("database.unavailable", "please send it again in a moment"))
    # Not the path, in which a form's key may stand.
    rule = request.url_rule.rule if request.url_rule else "unknown"
    _log.exception("%s %s failed", request.method, rule)
    return problem(DeskError("internal", "an internal error occurred"))


def invalid_fields(messages: Mapping[str, Any]) -> InvalidInput:
    """marshmallow's messages as one refusal; nested fields are named by their path."""
    errors = dict(_flat("", messages))
    names = ", ".join(sorted(errors))
    return InvalidInput("fields.invalid", f"not accepted: {names}", {"errors": errors})


def _flat(path: str, messages: Any) -> Iterator[tuple[str, list[str]]]:
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            yield from _flat(f"{path}.{name}" if path else str(name), inner)
    else:
        yield path, [str(message) for message in messages]
