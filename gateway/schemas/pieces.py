"""Fields and schemas that several resources share."""

import unicodedata
from typing import Any

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields, validate

MAX_TEXT = 50_000  # characters; four bytes each stay below what the bus carries
_MAX_DEPTH = 8


class Body(Schema):
    """What a client sends: unknown fields are refused."""

    class Meta:
        """Said to readers of the document, too."""

        unknown = RAISE


class View(Schema):
    """What is answered. Readers must expect more fields in a later release."""

    class Meta:
        """Hence no additionalProperties: false."""

        unknown = EXCLUDE


class Withheld(View):
    """What may be confidential: then its texts are null, and `withheld_reason` says why."""

    is_withheld = fields.Boolean()
    withheld_reason = fields.String(
        allow_none=True,
        validate=validate.OneOf(("permission", "identity_check", None)),
    )


class Text(fields.String):
    """A string that PostgreSQL can keep: no NUL, no lone surrogates."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, *args, **kwargs)
        return refuse_unstorable(text)


class Line(Text):
    """One line, trimmed: a subject, a name. Never empty where it is given."""

    def __init__(self, *, longest: int, **options: Any) -> None:
        super().__init__(validate=validate.Length(min=1, max=longest), **options)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, *args, **kwargs).strip()
        if any(unicodedata.category(character) == "Cc" for character in text):
            raise ValidationError("No line breaks or control characters.")
        return text


class Remark(Text):
    """A few lines: a reason, a note to a colleague."""

    def __init__(self, **options: Any) -> None:
        super().__init__(validate=validate.Length(min=1, max=2_000), **options)


class LongText(Text):
    """Several lines with something in them."""

    def __init__(self, **options: Any) -> None:
        super().__init__(validate=validate.Length(min=1, max=MAX_TEXT), **options)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, *args, **kwargs)
        return text if text.strip() else ""


class FieldValues(fields.Dict):
    """Values of a template's fields by key: any JSON, not too deep."""

    def __init__(self, **options: Any) -> None:
        key = Line(longest=64)
        super().__init__(keys=key, validate=validate.Length(max=200), **options)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        refuse_unstorable(value)
        return super()._deserialize(value, *args, **kwargs)


class CommaSeparated(fields.Field):
    """`a,b` in a query as a list of names."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> list[str]:
        names = [name.strip() for name in refuse_unstorable(str(value)).split(",")]
        if not all(names) or len(names) > 30:
            raise ValidationError("Not a list of names, separated by commas.")
        return names


def refuse_unstorable(value: Any, depth: int = 0, deepest: int = _MAX_DEPTH) -> Any:
    """The value itself; raises ValidationError for what the database cannot keep in its texts."""
    if depth > deepest:
        raise ValidationError("Nested too deep.")
    if isinstance(value, str) and ("\0" in value or any("\ud800" <= c <= "\udfff" for c in value)):
        raise ValidationError("Contains characters that cannot be stored.")
    inner = (*value, *value.values()) if isinstance(value, dict) else value
    if isinstance(inner, list | tuple):
        for item in inner:
            refuse_unstorable(item, depth + 1, deepest)
    return value


def one_of(*values: str, **options: Any) -> fields.String:
    """A string out of a few."""
    return Text(validate=validate.OneOf(values), **options)


def limit(default: int, most: int = 100) -> fields.Integer:
    """How many items a page holds."""
    return fields.Integer(load_default=default, validate=validate.Range(min=1, max=most))


def attachment_ids() -> fields.List:
    """Uploads to attach."""
    return fields.List(fields.UUID(), load_default=list, validate=validate.Length(max=20))


KINDS = ("inquiry", "complaint", "repair", "suggestion", "internal")
URGENCIES = ("normal", "urgent", "critical")
CATEGORIES = ("new", "open", "pending", "on_hold", "solved", "closed")
