"""Makes templates for tests of the domain."""

from typing import Any
from uuid import uuid4

from services.ticketing.domain.templates import Definition, TemplateVersion, parse_definition


def field(key: str, type: str = "text", **more: Any) -> dict[str, Any]:
    """A field in JSON."""
    return {"key": key, "type": type, "label": {"zh": f"字段{key}", "en": f"Field {key}"}} | more


def choices(*values: str) -> dict[str, Any]:
    """Options with these choices."""
    return {"choices": [{"value": one, "label": {"zh": f"选{one}"}} for one in values]}


def defined(*fields: dict[str, Any], **requirements: Any) -> Definition:
    """A definition that has been read."""
    return parse_definition({"fields": list(fields), "requirements": requirements})


def published(definition: Definition, key: str = "repair", kind: str = "repair") -> TemplateVersion:
    """A version of a template."""
    return TemplateVersion(uuid4(), key, 1, "报修", "Repair", kind, definition)


def is_(key: str, value: Any) -> dict[str, Any]:
    """A condition on a field."""
    return {"field": f"fields.{key}", "op": "is", "value": value}


def photo(name: str = "照片.jpg", media_type: str = "image/jpeg") -> dict[str, Any]:
    """A file as fields hold it."""
    return {"attachment_id": str(uuid4()), "name": name, "media_type": media_type, "size": 9}
