"""JSON Schema of what other teams receive."""

import pytest
from marshmallow import Schema, fields

from libs.common.contracts.json_schema import paragraphs, public_schema


class Leaf(Schema):
    """A piece."""

    size = fields.Integer(required=True)


class Whole(Schema):
    """What it means,
    over two lines.

    And more.
    """

    id = fields.UUID(required=True)
    at = fields.AwareDateTime(allow_none=True)
    tags = fields.List(fields.String(), load_default=list)
    leaf = fields.Nested(Leaf, required=True)
    other = fields.Nested(Leaf, allow_none=True)
    secret = fields.String(required=True, metadata={"private": True})


def test_an_object_has_its_public_fields_and_what_is_required_of_them() -> None:
    found = public_schema(Whole, {})
    assert list(found["properties"]) == ["id", "at", "tags", "leaf", "other"]
    assert found["required"] == ["id", "leaf"]
    assert found["description"] == "What it means, over two lines.\n\nAnd more."
    assert "additionalProperties" not in found


def test_fields_say_what_stands_on_the_wire() -> None:
    found = public_schema(Whole, {})["properties"]
    assert found["id"] == {"type": "string", "format": "uuid"}
    assert found["at"] == {"type": ["string", "null"], "format": "date-time"}
    assert found["tags"] == {"type": "array", "items": {"type": "string"}}


def test_pieces_are_referred_to_by_name_and_told_once() -> None:
    pieces: dict[str, dict[str, object]] = {}
    found = public_schema(Whole, pieces)["properties"]
    assert found["leaf"] == {"$ref": "#/components/schemas/Leaf"}
    assert found["other"] == {"oneOf": [found["leaf"], {"type": "null"}]}
    assert list(pieces) == ["Leaf"]
    assert pieces["Leaf"]["required"] == ["size"]


def test_a_kind_of_field_that_is_not_known_is_an_error_and_not_a_guess() -> None:
    class Odd(Schema):
        what = fields.Time()

    with pytest.raises(TypeError, match="what: Time"):
        public_schema(Odd, {})


def test_paragraphs_stay_apart_and_lines_do_not() -> None:
    assert paragraphs("\n    a\n    b\n\n    c\n    ") == "a b\n\nc"
