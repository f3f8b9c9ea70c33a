"""Every failure leaves as application/problem+json (RFC 9457), and none with a traceback."""

import logging
from typing import Any

import orjson
from flask import Flask, Response
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.routing import RequestRedirect

from gateway.problem_type import PROBLEM_TYPE
from gateway.request_ids import request_id
from libs.common.database.trouble import is_database_trouble
from libs.common.errors import DeskError, TooMany, Unavailable

_log = logging.getLogger(__name__)
_STANDARD = {"type", "title", "status", "detail", "code", "request_id"}
_RETRY_AFTER = 2  # seconds


def install_problems(app: Flask) -> None:
    """Turn every exception into a problem."""
    app.register_error_handler(DeskError, desk_problem)
    app.register_error_handler(HTTPException, http_problem)
    app.register_error_handler(Exception, unexpected_problem)


def desk_problem(error: DeskError) -> Response:
    """An expected failure with its code, message and details."""
    if error.status >= 500 and not isinstance(error, Unavailable):
        _log.error("a service failed: %s", error)
        return _problem(error.status, "internal.error", "something went wrong here")
    response = _problem(error.status, error.code, error.message, error.details)
    if isinstance(error, TooMany | Unavailable):
        response.headers["Retry-After"] = str(error.details.get("retry_after", _RETRY_AFTER))
    return response


def http_problem(error: HTTPException) -> Response:
    """Flask's and Werkzeug's own refusals: no such route, method not allowed, body too large."""
    if isinstance(error, RequestRedirect):
        return error.get_response()  # type: ignore[return-value]
    status = error.code or 500
    response = _problem(status, _HTTP_CODES.get(status, "request.refused"), error.description)
    for name in ("Allow", "Retry-After", "Content-Range"):
        if value := dict(error.get_headers()).get(name):
            response.headers[name] = value
    return response


def unexpected_problem(error: Exception) -> Response:
    """A bug, or the database being away; what happened stands in the log only."""
    if is_database_trouble(error):
        _log.warning("the gateway's database is in trouble: %s", error)
        return desk_problem(Unavailable("database.unavailable", "the database is unavailable"))
    _log.exception("request failed")
    return _problem(500, "internal.error", "something went wrong here")


_HTTP_CODES = {
    400: "request.malformed",
    404: "route.unknown",
    405: "method.not_allowed",
    413: "body.too_large",
    415: "media_type.unsupported",
    416: "range.unsatisfiable",
}


def _problem(
    status: int, code: str, detail: str | None, details: dict[str, Any] | None = None
) -> Response:
    body = {
        "type": "about:blank",
        "title": HTTP_STATUS_CODES.get(status, "Problem"),
        "status": status,
        "detail": detail,
        "code": code,
        **{name: value for name, value in (details or {}).items() if name not in _STANDARD},
        "request_id": request_id(),
    }
    return Response(orjson.dumps(body, default=str), status, content_type=PROBLEM_TYPE)
