"""What commands on templates answer: the shape of REST, and `audit` for the operation log."""

from typing import Any

from sqlalchemy import RowMapping

from services.ticketing.queries.templates import show_template

Json = dict[str, Any]

_SAME = ("version", "updated_at", "published_at", "field_count", "position")


def made(shown: Json) -> Json:
    """Something new."""
    return shown | {"audit": {"object": shown["key"], "before": {}, "after": _plain(shown)}}


def altered(before: RowMapping, after: RowMapping) -> Json:
    """What differs is logged."""
    old, new = show_template(before), show_template(after)
    names = [name for name in new if old[name] != new[name] and name not in _SAME]
    audit = {
        "object": new["key"],
        "before": {name: old[name] for name in names},
        "after": {name: new[name] for name in names},
    }
    return new | {"audit": audit}


def removed(shown: Json) -> Json:
    """What is no more."""
    return {"audit": {"object": shown["key"], "before": _plain(shown), "after": {}}}


def _plain(shown: Json) -> Json:
    return {name: value for name, value in shown.items() if name not in ("key", *_SAME)}
