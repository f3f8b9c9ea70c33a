"""The id that a request carries through every log line, call and event it causes."""

import re

from flask import Flask, Response, g, request

from libs.common.ids import uuid7

HEADER = "X-Request-Id"
_SANE = re.compile(r"[A-Za-z0-9._:-]{8,128}")


def install_request_ids(app: Flask) -> None:
    """Take the client's id if it is sane, else make one; answer with it."""
    app.before_request(_begin)
    app.after_request(_answer)


def request_id() -> str:
    """The present request's."""
    found: str = g.request_id
    return found


def _begin() -> None:
    given = request.headers.get(HEADER, "")
    g.request_id = given if _SANE.fullmatch(given) else uuid7().hex


def _answer(response: Response) -> Response:
    response.headers[HEADER] = g.request_id
    return response
