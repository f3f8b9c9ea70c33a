"""The OpenAPI document of an application."""

from typing import Any

from flask import Flask


def document(app: Flask) -> dict[str, Any]:
    """OpenAPI 3.1, as a JSON-able dictionary."""
    api = app.extensions["flask-smorest"]["apis"][""]["ext_obj"]
    found: dict[str, Any] = api.spec.to_dict()
    return found
