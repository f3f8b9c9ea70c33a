"""Answers as JSON. What services return has the contract's shape already and passes through."""

from typing import Any

import orjson
from flask import Response


def answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A JSON response; tests, not every request, check that the body fits its schema."""
    return Response(orjson.dumps(body), status, headers, content_type="application/json")


def nothing() -> Response:
    """204: done, and there is nothing to say."""
    response = Response(status=204)
    del response.headers["Content-Type"]
    return response
