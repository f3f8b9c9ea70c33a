"""Values in words, for timelines: choices by their labels, tables row by row."""

from collections.abc import Mapping
from typing import Any

from services.ticketing.domain.templates.fields import Field


def told_value(field: Field | None, value: Any) -> str:
    """A value as people read it; without its field, as well as can be."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Mapping):
        return _object(value)
    if isinstance(value, list | tuple):
        return _list(field, value)
    if field is not None and "choices" in field.options:
        return _label(field.options["choices"], value) or str(value)
    return str(value)


def _object(value: Mapping[str, Any]) -> str:
    if "attachment_id" in value:
        return str(value["name"])
    if "text" in value:
        where = f" ({value['lng']}, {value['lat']})" if "lng" in value else ""
        return f"{value['text']}{where}"
    return ", ".join(str(one) for one in value.values() if one is not None)


def _list(field: Field | None, value: list[Any] | tuple[Any, ...]) -> str:
    lines = [told_value(field, one) for one in value]
    has_rows = any(isinstance(one, Mapping) for one in value)
    return ("; " if has_rows else "、").join(lines)


def _label(choices: Any, value: Any) -> str | None:
    for one in choices:
        if one["value"] == value:
            return str(one["label"]["zh"])
        if found := _label(one.get("children") or (), value):
            return found
    return None
