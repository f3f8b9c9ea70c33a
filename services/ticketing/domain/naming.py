"""What rules, macros and views name: categories, statuses, tags and fields of templates.

Works on what is stored, whatever release wrote it: what cannot be understood names nothing.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from services.ticketing.domain.variables import FIELDS, fields_named

_TEXTS = ("text",)


@dataclass(frozen=True)
class Named:
    """Some things that may be named: ids of categories, keys of statuses and fields, tags."""

    categories: Collection[str] = frozenset()
    statuses: Collection[str] = frozenset()
    tags: Collection[str] = frozenset()
    fields: Collection[str] = frozenset()

    def in_condition(self, raw: Any) -> bool:
        """Whether a condition compares with one of them."""
        return any(self._compares(field, values) for _, field, values in comparisons(raw))

    def in_actions(self, raw: Any) -> bool:
        """Whether an action sets, adds or removes one of them, or writes a field into a text."""
        return any(self._acts(one) for one in raw or () if isinstance(one, Mapping))

    def in_text(self, text: Any) -> bool:
        """Whether a text has one of the fields as a variable."""
        return isinstance(text, str) and bool(fields_named(text) & set(self.fields))

    def _compares(self, field: str, values: Collection[Any]) -> bool:
        if field.startswith(FIELDS):
            return field.removeprefix(FIELDS) in self.fields
        named = {
            "category_id": self.categories,
            "status": self.statuses,
            "own_status": self.statuses,
            "tags": self.tags,
        }.get(field, ())
        return any(value in named for value in values)

    def _acts(self, action: Mapping[str, Any]) -> bool:
        return (
            action.get("status") in self.statuses
            or (action.get("type") == "set_field" and action.get("field") in self.fields)
            or any(tag in self.tags for tag in action.get("tags") or ())
            or any(self.in_text(action.get(name)) for name in _TEXTS)
        )


def comparisons(raw: Any, path: str = "condition") -> Iterator[tuple[str, str, list[Any]]]:
    """Where a stored condition compares, which field, and with which values."""
    if not isinstance(raw, Mapping):
        return
    if isinstance(field := raw.get("field"), str):
        value = raw.get("value")
        yield path, field, value if isinstance(value, list) else [value]
        return
    for kind, parts in raw.items():
        for place, part in enumerate(parts if isinstance(parts, list) else ()):
            yield from comparisons(part, f"{path}.{kind}[{place}]")
