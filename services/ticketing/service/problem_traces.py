"""What the operation log keeps of problems: never the words, except of what names them."""

from typing import Any

Json = dict[str, Any]

_LOGGED = ("title", "status", "owner", "group")
_SPOKEN = ("description", "workaround", "solution")


def compared(before: Json | None, after: Json) -> Json:
    """What differs; of longer texts only that they do."""
    old = before or {}
    names = [name for name in (*_LOGGED, *_SPOKEN) if old.get(name) != after[name]]
    return {
        "object": after["number"],
        "before": {name: _told(name, old[name]) for name in names if name in old},
        "after": {name: _told(name, after[name]) for name in names},
    }


def ordered(problem: Any, told: Json) -> Json:
    """Something was done with its tickets."""
    return {"object": problem.number, "before": {}, "after": told}


def _told(name: str, value: Any) -> Any:
    return value is not None if name in _SPOKEN else value
