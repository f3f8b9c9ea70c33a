"""What commands answer: the shape of REST, and `audit` for the gateway's operation log."""

from typing import Any

Json = dict[str, Any]

_SAME = ("version", "revision")


def made(key: str, shown: Json) -> Json:
    """Something new."""
    return shown | {"audit": {"object": shown[key], "before": {}, "after": _plain(shown, key)}}


def changed(key: str | None, before: Json, after: Json) -> Json:
    """What differs is logged; without a key the gateway's route says of what."""
    names = [name for name in after if before.get(name) != after[name] and name not in _SAME]
    audit = {
        **({"object": after[key]} if key else {}),
        "before": {name: before.get(name) for name in names},
        "after": {name: after[name] for name in names},
    }
    return after | {"audit": audit}


def removed(key: str, shown: Json) -> Json:
    """What is no more."""
    return {"audit": {"object": shown[key], "before": _plain(shown, key), "after": {}}}


def _plain(shown: Json, key: str) -> Json:
    return {name: value for name, value in shown.items() if name not in (key, *_SAME)}
