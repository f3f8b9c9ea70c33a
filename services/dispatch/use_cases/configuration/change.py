"""What a change of the configuration leaves behind: the thing, and what it was."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row

_UNTOLD = frozenset({"version", "position", "rules_revision"})


@dataclass(frozen=True)
class Change:
    """`before` and `after` hold the fields that differ, for the operation log."""

    row: Any
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)


def made(row: Row[Any]) -> Change:
    """Something new."""
    return Change(row, {}, _told(row))


def changed(before: Row[Any], after: Row[Any], **more: tuple[Any, Any]) -> Change:
    """Something that was there; `more` adds fields that stand elsewhere, as (before, after)."""
    old, new = _told(before), _told(after)
    for name, (was, now) in more.items():
        old[name], new[name] = was, now
    names = [name for name in new if old.get(name) != new[name]]
    return Change(
        after, {name: old.get(name) for name in names}, {name: new[name] for name in names}
    )


def removed(row: Row[Any]) -> Change:
    """Something that is gone."""
    return Change(row, _told(row), {})


def _told(row: Row[Any]) -> dict[str, Any]:
    # SQLAlchemy's names are texts of its own kind, which JSON does not know.
    named = {str(name): value for name, value in row._mapping.items()}
    return {name: _plain(value) for name, value in named.items() if name not in _UNTOLD}


def _plain(value: Any) -> Any:
    """In JSON's types."""
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    is_json = value is None or isinstance(value, bool | int | float | str | dict)
    return value if is_json else str(value)
