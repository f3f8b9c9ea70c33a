"""JSON Schema of marshmallow's fields, as other teams receive them: nothing private, and open."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields

JsonSchema = dict[str, Any]

# The more special first.
_TYPES: tuple[tuple[type[fields.Field], JsonSchema], ...] = (
    (fields.UUID, {"type": "string", "format": "uuid"}),
    (fields.AwareDateTime, {"type": "string", "format": "date-time"}),
    (fields.Boolean, {"type": "boolean"}),
    (fields.Integer, {"type": "integer"}),
    (fields.Float, {"type": "number"}),
    (fields.Dict, {"type": "object"}),
    (fields.String, {"type": "string"}),
)


def public_schema(
    schema: type[Schema], pieces: dict[str, JsonSchema], *, name: str = ""
) -> JsonSchema:
    """An object's schema; schemas of its pieces go to `pieces` under their names.

    Newer releases add fields, so an unknown one is no error. Raises TypeError for a kind of field
    that has no schema here yet.
    """
    public = {key: field for key, field in _fields(schema).items() if not is_private(field)}
    found: JsonSchema = {"type": "object"}
    if doc := schema.__doc__:
        found["description"] = paragraphs(doc)
    found["properties"] = {key: _schema(one, pieces, name or key) for key, one in public.items()}
    required = [key for key, field in public.items() if field.required]
    return found | ({"required": required} if required else {})


def is_private(field: fields.Field) -> bool:
    """Whether a field stays on the private exchange."""
    return bool(field.metadata.get("private"))


def paragraphs(doc: str) -> str:
    """A docstring's text; paragraphs stay apart, lines within one do not."""
    parts = doc.strip().split("\n\n")
    return "\n\n".join(" ".join(part.split()) for part in parts)


def _fields(schema: type[Schema]) -> Mapping[str, fields.Field]:
    return schema._declared_fields


def _schema(field: fields.Field, pieces: dict[str, JsonSchema], name: str) -> JsonSchema:
    found = _kind(field, pieces, name)
    if not field.allow_none:
        return found
    if "$ref" in found:
        return {"oneOf": [found, {"type": "null"}]}
    return found | {"type": [found["type"], "null"]}


def _kind(field: fields.Field, pieces: dict[str, JsonSchema], name: str) -> JsonSchema:
    if isinstance(field, fields.List):
        return {"type": "array", "items": _schema(field.inner, pieces, name)}
    if isinstance(field, fields.Nested):
        return _piece(field, pieces)
    for kind, found in _TYPES:
        if isinstance(field, kind):
            return dict(found)
    raise TypeError(f"no JSON Schema for {name}: {type(field).__name__}")


def _piece(field: fields.Nested, pieces: dict[str, JsonSchema]) -> JsonSchema:
    schema = type(field.schema)
    name = schema.__name__
    if name not in pieces:
        pieces[name] = {}
        pieces[name] = public_schema(schema, pieces)
    return {"$ref": f"#/components/schemas/{name}"}
