"""What stored conditions and actions name: categories, statuses, tags and fields of templates.

Works on what is stored, whatever release wrote it: what cannot be understood names nothing.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from libs.common.conditions.fields import CUSTOM
from libs.common.errors import field_error

_KINDS = ("categories", "statuses", "tags", "fields")
# Each a set of names; a category has all that lie below it.
MOST_ASKED, MOST_NAMES = 100, 5_000


@dataclass(frozen=True)
class Named:
    """Some things that may be named: ids of categories, keys of statuses and fields, tags."""

    categories: Collection[str] = frozenset()
    statuses: Collection[str] = frozenset()
    tags: Collection[str] = frozenset()
    fields: Collection[str] = frozenset()

    def as_json(self) -> dict[str, list[str]]:
        """As one service tells it another one; what there is none of is left out."""
        sets = {name: sorted(getattr(self, name)) for name in _KINDS}
        return {name: names for name, names in sets.items() if names}

    def in_condition(self, raw: Any) -> bool:
        """Whether a condition compares with one of them."""
        return any(self._compares(field, values) for _, field, values in comparisons(raw))

    def in_actions(self, raw: Any) -> bool:
        """Whether an action sets, adds or removes one of them."""
        return any(self._acts(one) for one in raw or () if isinstance(one, Mapping))

    def _compares(self, field: str, values: Collection[Any]) -> bool:
        if field.startswith(CUSTOM):
            return field.removeprefix(CUSTOM) in self.fields
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
        )


def read_asked(raw: Any) -> list[Named]:
    """What somebody asks after, several at once; raises InvalidInput naming `asked`."""
    if not isinstance(raw, list) or len(raw) > MOST_ASKED:
        raise field_error("asked", f"must be a list of at most {MOST_ASKED}")
    return [_read(one) for one in raw]


def _read(raw: Any) -> Named:
    if not isinstance(raw, Mapping) or raw.keys() - set(_KINDS):
        raise field_error("asked", f"must have sets of {', '.join(_KINDS)}")
    for names in raw.values():
        is_list = isinstance(names, list) and len(names) <= MOST_NAMES
        if not is_list or not all(isinstance(name, str) for name in names):
            raise field_error("asked", f"must have lists of at most {MOST_NAMES} names")
    return Named(**{kind: frozenset(names) for kind, names in raw.items()})


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
