"""The door's resources: web forms, mail from a mail server's pipe, receipts."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from flask import Blueprint, Response, request
from marshmallow import ValidationError
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from libs.common.errors import InvalidInput, NotFound, Unsupported, field_error
from services.intake.service.form_schema import FormSchema, check_files
from services.intake.service.gate import Gate
from services.intake.service.problems import invalid_fields
from services.intake.service.waiting import NumberWait
from services.intake.storage.arrivals import ReceiptStatus
from services.intake.use_cases.accept_message import FORM, MAIL, Doorkeeper, mail_id

MAX_FORM = 30 * 1024 * 1024  # bytes: files take a third more in base64
MAX_MAIL = 35 * 1024 * 1024
_MAX_COMMAS = 50_000  # in a form: its texts may have most of them, its members a few hundred
MAX_KEY = 128
WAIT = 2.0  # seconds
_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Content-Type, Idempotency-Key, Prefer, X-Request-Id",
    "Access-Control-Expose-Headers": "Location, Retry-After",
    "Access-Control-Max-Age": "86400",
}
_FORM = FormSchema()


@dataclass(frozen=True)
class Door:
    """What the resources need."""

    keeper: Doorkeeper
    gate: Gate
    numbers: NumberWait


def channels(door: Door) -> Blueprint:
    """The resources below /channels."""
    blueprint = Blueprint("channels", __name__, url_prefix="/channels")

    @blueprint.post("/forms/<form_key>")
    def accept_form(form_key: str) -> Response:
        account = door.gate.form(form_key, request.remote_addr)
        body, form = _read_form()
        external_id = form.get("submission_id") or _idempotency_key()
        status = door.keeper.accept(account, external_id, FORM, body, request.remote_addr)
        return _accepted(_wait(door, status))

    @blueprint.post("/mail/<account>")
    def accept_mail(account: str) -> Response:
        authorization = request.headers.get("Authorization", "")
        mailbox = door.gate.mailbox(account, authorization, request.remote_addr)
        raw = _read_body(MAX_MAIL)
        if not raw.strip():
            raise field_error("body", "a mail (RFC 5322) is expected", "field.required")
        status = door.keeper.accept(mailbox, mail_id(raw), MAIL, raw, request.remote_addr)
        return _accepted(status)

    @blueprint.get("/receipts/<receipt_id>")
    def show_receipt(receipt_id: str) -> Response:
        found = door.keeper.statuses([_receipt_id(receipt_id)])
        if not found:
            raise NotFound("receipt.unknown", "there is no such receipt")
        return _json(200, vars(found[0]))

    @blueprint.after_request
    def allow_browsers(answer: Response) -> Response:
        if "/mail/" not in request.path:
            answer.headers.update(_CORS)
        return answer

    return blueprint


def _wait(door: Door, status: ReceiptStatus) -> ReceiptStatus:
    if "respond-async" in request.headers.get("Prefer", "").lower():
        return status
    return door.numbers.wait(status, WAIT)


def _read_body(limit: int) -> bytes:
    """All of it, with or without a Content-Length; never a part of it.

    Werkzeug hands over what came of a body that is too long or broken off, without an error.
    A part that was accepted would make the whole one, sent again, a duplicate.
    """
    request.max_content_length = limit + 1
    body = request.get_data(cache=False)
    if len(body) > limit:
        raise RequestEntityTooLarge
    if request.content_length is not None and len(body) != request.content_length:
        raise ClientDisconnected
    return body


def _read_form() -> tuple[bytes, dict[str, Any]]:
    if request.mimetype != FORM:
        raise Unsupported("body.not_json", f"expected {FORM}")
    body = _read_body(MAX_FORM)
    if body.count(b",") > _MAX_COMMAS:
        raise field_error("body", "more members than any form has")
    try:
        raw = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise _malformed(error) from None
    if not isinstance(raw, dict):
        raise field_error("body", "a JSON object is expected")
    try:
        form: dict[str, Any] = _FORM.load(raw)
    except ValidationError as error:
        raise invalid_fields(error.normalized_messages()) from None
    check_files(form)
    return body, form


def _malformed(error: orjson.JSONDecodeError) -> InvalidInput:
    place = f"{error.msg} at line {error.lineno}, column {error.colno}"
    malformed = InvalidInput("body.malformed", f"not JSON: {place}", {"errors": {"body": [place]}})
    malformed.status = 400
    return malformed


def _idempotency_key() -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not 8 <= len(key) <= MAX_KEY or not (key.isascii() and key.isprintable()):
        raise field_error("Idempotency-Key", f"8 to {MAX_KEY} printable ASCII characters")
    return key


def _receipt_id(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise NotFound("receipt.unknown", "there is no such receipt") from None


def _fact(status: ReceiptStatus) -> dict[str, Any]:
    return {"receipt_id": status.receipt_id, "number": status.number}


def _accepted(status: ReceiptStatus) -> Response:
    url = f"{request.host_url}channels/receipts/{status.receipt_id}"
    answer = _json(202, {**_fact(status), "status_url": url})
    answer.headers["Location"] = url
    return answer


def _json(status: int, body: dict[str, Any]) -> Response:
    return Response(orjson.dumps(body), status, content_type=FORM)
