"""What an action was about: read from the route, so that no view has to say it again."""

import re
from collections.abc import Mapping
from typing import Any

_SEGMENT = re.compile(r"<[^>]*>|[^/]+")
_ARGUMENT = re.compile(r"<(?:[^:>]*:)?(\w+)>")
_SINGULAR = {
    "people": "person",
    "accounts": "person",
    "agents": "person",
    "statuses": "status",
    "settings": "settings",
    "leaves": "leave",
}
_OWN = ("/me", "/presence/own")
# What is done with a collection as a whole.
_WITH_ALL = frozenset({"order", "trials"})


def object_of_route(
    rule: str, arguments: Mapping[str, Any], sender: object
) -> tuple[str, str | None]:
    """Kind and id: of the last argument, else of the collection that the route ends with.

    `/api/v1/people/<uuid:person_id>/sessions` → person; `/api/v1/roles` → (role, None);
    `/api/v1/me/password` → the sender.
    """
    path = rule.removeprefix("/api/v1")
    if not arguments and any(f"{path}/".startswith(f"{own}/") for own in _OWN):
        return "person", str(sender)
    kind, found, last = "", None, ""
    for segment in _SEGMENT.findall(path):
        argument = _ARGUMENT.fullmatch(segment)
        if argument is None:
            last = last if segment in _WITH_ALL else segment
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
