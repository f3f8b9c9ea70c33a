"""What an action was about: read from the route, so that no view has to say it again."""

import re
from collections.abc import Mapping
from typing import Any

_SEGMENT = re.compile(r"<[^>]*>|[^/]+")
_ARGUMENT = re.compile(r"<(?:[^:>]*:)?(\w+)>")
_SINGULAR = {"people": "person", "accounts": "person", "statuses": "status"}
_OWN = "/me"


def object_of_route(
    rule: str, arguments: Mapping[str, Any], sender: object
) -> tuple[str, str | None]:
    """Kind and id: of the last argument, else of the collection that the route ends with.

    `/api/v1/people/<uuid:person_id>/sessions` → person; `/api/v1/roles` → (role, None);
    `/api/v1/me/password` → the sender.
    """
    path = rule.removeprefix("/api/v1")
    if not arguments and (path == _OWN or path.startswith(f"{_OWN}/")):
        return "person", str(sender)
    kind, found, last = "", None, ""
    for segment in _SEGMENT.findall(path):
        argument = _ARGUMENT.fullmatch(segment)
        if argument is None:
            last = segment
        else:
            kind, found = singular(last), str(arguments.get(argument.group(1)))
    return (kind, found) if found is not None else (singular(last), None)


def singular(collection: str) -> str:
    """`api-keys` → api_key."""
    name = collection.replace("-", "_")
    if name in _SINGULAR:
        return _SINGULAR[name]
    if name.endswith("ies"):
        return f"{name[:-3]}y"
    return name.removesuffix("s") if not name.endswith("ss") else name
