"""Reads what clients send, and refuses it by the field's name; nothing unknown slips through."""

from collections.abc import Mapping
from typing import Any, NoReturn

import flask
import orjson
from marshmallow import RAISE, Schema, ValidationError
from webargs import core
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest

from libs.common.errors import DeskError, InvalidInput, Unsupported


class MalformedJson(DeskError):
    """The body is no JSON; the details say where."""

    status = 400


class StrictParser(FlaskParser):
    """webargs' parser with our errors."""

    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "query": RAISE}

    def load_querystring(self, req: flask.Request, schema: Schema) -> Any:
        """Each parameter once: of two, a proxy or a log may believe the other one."""
        repeated = {name for name, values in req.args.lists() if len(values) > 1}
        if repeated:
            errors = {name: ["Given more than once."] for name in sorted(repeated)}
            raise InvalidInput("input.invalid", f"invalid: {', '.join(errors)}", {"errors": errors})
        return super().load_querystring(req, schema)

    def _raw_load_json(self, req: flask.Request) -> Any:
        body = _body(req)
        if not body and not req.mimetype:
            return core.missing
        if not req.is_json:
            raise Unsupported("media_type.unsupported", "send application/json")
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError as error:
            place = {"line": error.lineno, "column": error.colno}
            detail = f"{error.msg} at line {error.lineno}, column {error.colno}"
            raise MalformedJson("json.malformed", detail, place) from None

    def handle_error(
        self,
        error: ValidationError,
        req: flask.Request,
        schema: Schema,
        *,
        error_status_code: int | None,
        error_headers: Mapping[str, str] | None,
    ) -> NoReturn:
        """Say 422 with every wrong field and what is wrong with it."""
        errors: dict[str, list[str]] = {}
        for messages in error.normalized_messages().values():
            errors.update(flatten(messages))
        raise InvalidInput("input.invalid", f"invalid: {', '.join(errors)}", {"errors": errors})


def flatten(messages: Any, path: str = "") -> dict[str, list[str]]:
    """marshmallow's nested messages by dotted paths: `attachment_ids.0`."""
    if not isinstance(messages, Mapping):
        return {path or "body": [str(message) for message in messages]}
    flat: dict[str, list[str]] = {}
    for key, inner in messages.items():
        # marshmallow's own name for "the whole object".
        name = path if key == "_schema" else f"{path}.{key}" if path else str(key)
        flat.update(flatten(inner, name))
    return flat


def _body(req: flask.Request) -> bytes:
    try:
        return req.get_data(cache=True)
    except OSError:
        raise BadRequest("the body ended too early") from None
