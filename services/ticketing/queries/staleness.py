"""Why something that was saved does no longer do what it says: what it names has gone."""

from collections.abc import Iterator, Sequence
from typing import Any

from libs.common.actions import parse_actions
from libs.common.errors import InvalidInput
from services.ticketing.domain.naming import comparisons
from services.ticketing.domain.rule_fields import read_condition
from services.ticketing.domain.variables import FIELDS
from services.ticketing.storage.known_things import KnownThings

Json = dict[str, Any]


def problem_of(condition: Json, known: KnownThings, actions: Sequence[Any] = ()) -> str | None:
    """`<path>: <what is wrong>` of the first thing that is; None where nothing is."""
    try:
        read_condition(condition, known)
        parse_actions(list(actions), known=known)
    except InvalidInput as wrong:
        path, messages = next(iter(wrong.details["errors"].items()))
        return f"{path}: {messages[0]}"
    return next(_gone(condition, known), None) or problem_of_actions(actions, known)


def problem_of_actions(actions: Sequence[Any], known: KnownThings) -> str | None:
    """The same of actions that can be read: what they set is no longer there to be set."""
    for place, action in enumerate(actions):
        if any(known.is_removed_tag(one) for one in action.get("tags") or ()):
            return f"actions[{place}].tags: is a tag that is no longer in use"
        if action.get("type") == "set_field" and known.is_removed_field(action["field"]):
            return f"actions[{place}].field: is a field that no template has any more"
    return None


def _gone(condition: Json, known: KnownThings) -> Iterator[str]:
    """What may be saved, because tickets may still have it, and yet new ones never will."""
    for path, field, values in comparisons(condition):
        if field.startswith(FIELDS) and known.is_removed_field(field.removeprefix(FIELDS)):
            yield f"{path}.field: is a field that no template has any more"
        if field == "category_id" and any(known.is_archived_category(one) for one in values):
            yield f"{path}.value: is a category that is archived"
        if field == "own_status" and not all(known.has("statuses", str(one)) for one in values):
            yield f"{path}.value: is no status in use"
        if field == "tags" and any(known.is_removed_tag(one) for one in values):
            yield f"{path}.value: is a tag that is no longer in use"
