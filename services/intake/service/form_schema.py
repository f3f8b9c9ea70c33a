"""What a web form may send; every refusal names its field."""

import binascii
import re
from typing import Any

import orjson
from marshmallow import (
    RAISE,
    Schema,
    ValidationError,
    fields,
    pre_load,
    validate,
    validates_schema,
)
from marshmallow.validate import Length

from libs.common.crypto.contacts import normalise_email, normalise_phone
from libs.common.errors import InvalidInput, TooLarge
from services.intake.domain.form import MAX_CATEGORY
from services.intake.domain.inbound import KINDS, URGENCIES

MAX_FILES = 10
MAX_FILE = 10 * 1024 * 1024  # bytes
MAX_FILES_TOTAL = 20 * 1024 * 1024
MAX_FIELDS = 50
_MAX_FIELDS_SIZE = 16_384  # bytes as JSON: they travel with the event
_KEY = re.compile(r"([!-~][ -~]{0,126})?[!-~]\Z")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8}){0,3}\Z")
_MEDIA_TYPE = re.compile(r"[\w!#$&^.+-]{1,60}/[\w!#$&^.+-]{1,100}\Z", re.ASCII)


def _filled(value: str) -> None:
    if not value.replace("\0", "").strip():
        raise ValidationError("must not be empty")


class _Strict(Schema):
    class Meta:
        """A misspelt field would be lost without a word."""

        unknown = RAISE


class FileSchema(_Strict):
    """A file in base64. Sizes are checked by `check_sizes`."""

    name = fields.String(required=True, validate=[Length(1, 255), _filled])
    media_type = fields.String(required=True, validate=validate.Regexp(_MEDIA_TYPE))
    content = fields.String(required=True)


class FormSchema(_Strict):
    """A form. Kind and urgency are the customer's words: they are only proposed.

    `template` is the key of a template of tickets, by whose keys `fields` are named then, and
    `category` one of the categories that it offers, by id or by the names from the top of the tree
    down (售后/产品维修); whether they fit it is found out later, and hinders nothing.
    """

    name = fields.String(required=True, validate=[Length(1, 100), _filled])
    email = fields.String(allow_none=True, validate=Length(max=254))
    phone = fields.String(allow_none=True, validate=Length(max=64))
    kind = fields.String(allow_none=True, validate=validate.OneOf(KINDS))
    urgency = fields.String(allow_none=True, validate=validate.OneOf(URGENCIES))
    subject = fields.String(allow_none=True, validate=Length(max=200))
    description = fields.String(required=True, validate=[Length(1, 15_000), _filled])
    order_number = fields.String(allow_none=True, validate=Length(max=64))
    template = fields.String(allow_none=True, validate=[Length(1, 64), _filled])
    category = fields.String(allow_none=True, validate=[Length(1, MAX_CATEGORY), _filled])
    fields_ = fields.Dict(
        keys=fields.String(validate=[Length(1, 64), _filled]),
        values=fields.Raw(allow_none=True),
        allow_none=True,
        data_key="fields",
        validate=Length(max=MAX_FIELDS),
    )
    attachments = fields.List(
        fields.Nested(FileSchema), allow_none=True, validate=Length(max=MAX_FILES)
    )
    language = fields.String(allow_none=True, validate=validate.Regexp(_LANGUAGE))
    submission_id = fields.String(allow_none=True, validate=validate.Regexp(_KEY))

    @pre_load
    def check_amounts(self, raw: dict[str, Any], **_: object) -> dict[str, Any]:
        """Before each member is looked at, and complained of."""
        for name, most in (("attachments", MAX_FILES), ("fields", MAX_FIELDS)):
            given = raw.get(name)
            if isinstance(given, list | dict) and len(given) > most:
                raise ValidationError({name: [f"Longer than maximum length {most}."]})
        return raw

    @validates_schema(skip_on_field_errors=False)
    def check_contacts(self, form: dict[str, Any], **_: object) -> None:
        """An e-mail address or a phone number that could be one."""
        problems: dict[str, list[str]] = {}
        for name, normalise in (("email", normalise_email), ("phone", normalise_phone)):
            try:
                if form.get(name):
                    normalise(form[name], name)
            except InvalidInput as error:
                problems.update(error.details["errors"])
        if not form.get("email") and not form.get("phone"):
            problems = {name: ["email or phone is required"] for name in ("email", "phone")}
        if problems:
            raise ValidationError(problems)

    @validates_schema
    def check_fields(self, form: dict[str, Any], **_: object) -> None:
        """Plain values, and no more than an event can carry."""
        given = form.get("fields_") or {}
        for name, value in given.items():
            several = value if isinstance(value, list) else [value]
            if not all(isinstance(one, str | int | float | bool | None) for one in several):
                told = "must be a text, number or true/false, or a list of these"
                raise ValidationError({"fields": {name: [told]}})
        if len(orjson.dumps(given)) > _MAX_FIELDS_SIZE:
            raise ValidationError({"fields": [f"together larger than {_MAX_FIELDS_SIZE} bytes"]})


def check_files(form: dict[str, Any]) -> None:
    """Refuse files that are no base64 (422) or too large (413), by name."""
    total = 0
    for index, file in enumerate(form.get("attachments") or ()):
        name = f"attachments.{index}.content"
        size = _size(name, file["content"])
        total += size
        if size > MAX_FILE:
            raise _too_large(name, f"larger than {MAX_FILE} bytes")
    if total > MAX_FILES_TOTAL:
        raise _too_large("attachments", f"together larger than {MAX_FILES_TOTAL} bytes")


def _size(name: str, content: str) -> int:
    try:
        return len(binascii.a2b_base64(content.encode(), strict_mode=True))
    except (binascii.Error, ValueError):
        problem = {name: ["not valid base64"]}
        raise InvalidInput("fields.invalid", f"not accepted: {name}", {"errors": problem}) from None


def _too_large(name: str, message: str) -> TooLarge:
    return TooLarge("attachment.too_large", f"{name}: {message}", {"errors": {name: [message]}})
