"""The OpenAPI document of an application."""

from typing import Any

import orjson
from flask import Flask

_KEPT = "tidedesk-openapi"


def document(app: Flask) -> dict[str, Any]:
    """OpenAPI 3.1, as a JSON-able dictionary."""
    api = app.extensions["flask-smorest"]["apis"][""]["ext_obj"]
    found: dict[str, Any] = api.spec.to_dict()
    return found


def document_bytes(app: Flask) -> bytes:
    """The same as JSON, made once: all routes are known when the first request comes."""
    if _KEPT not in app.extensions:
        app.extensions[_KEPT] = orjson.dumps(document(app))
    kept: bytes = app.extensions[_KEPT]
    return kept
