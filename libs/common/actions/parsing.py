"""Reads lists of actions and of recipients; everything wrong is named by its path at once."""

import re
from collections.abc import Callable, Mapping
from typing import Any, NoReturn, TypeVar
from uuid import UUID

from libs.common.actions.kinds import (
    Action,
    AddNote,
    AddTags,
    Assign,
    Recipient,
    RemoveTags,
    SetStatus,
    SetUrgency,
    Transfer,
)
from libs.common.conditions.fields import URGENCIES
from libs.common.conditions.values import Known, Wrong, read_id, read_text
from libs.common.errors import InvalidInput

LIMIT = 10
NOTE_LIMIT = 2_000  # characters
TAG_LIMIT, TAGS_LIMIT = 40, 30  # as ticketing allows
# Those that moves by hand lead to; assigning, solving and reopening are acts of their own.
STATUSES = (
    "in_progress",
    "awaiting_customer",
    "awaiting_approval",
    "follow_up",
    "closed",
    "archived",
)
# A company's own status; ticketing alone knows which there are.
OWN_STATUS = r"own_[a-z0-9_]{1,36}"
_OWN_STATUS = re.compile(OWN_STATUS)
_TITLE_LIMIT = 100
_ONCE = ("set_urgency", "set_status", "transfer", "assign")

ASSIGN_TO = ("person", "group_lead", "title", "role")
TELL = ("assignee", "group_leads", "group", "title", "role", "person")

One = TypeVar("One")
Raw = Mapping[str, Any]
Reader = Callable[[Raw, str, Known | None], Any]


def parse_actions(
    raw: object,
    *,
    where: str = "actions",
    known: Known | None = None,
    readers: Mapping[str, Reader] | None = None,
    once: tuple[str, ...] = (),
    least: int = 0,
) -> tuple[Any, ...]:
    """The actions in their order; raises InvalidInput whose errors are keyed by paths.

    `readers` are those of other kinds than rules have; of `once` there may be one each, too.
    """
    kinds = READERS if readers is None else readers

    def read(one: Raw, path: str) -> Any:
        return kinds[_word(one, "type", path, tuple(kinds))](one, path, known)

    actions = _read_all(raw, where, read)
    if len(actions) < least:
        _refuse({where: [f"must have at least {least} members"]}, where)
    _refuse_repeats(actions, where, (*_ONCE, *once))
    return actions


def parse_recipients(
    raw: object, *, where: str = "recipients", known: Known | None = None
) -> tuple[Recipient, ...]:
    """Recipients without repeats; raises InvalidInput whose errors are keyed by paths."""

    def read(one: Raw, path: str) -> Recipient:
        return Recipient(*read_target(one, path, TELL, known))

    return tuple(dict.fromkeys(_read_all(raw, where, read)))


def _read_all(raw: object, where: str, read: Callable[[Raw, str], One]) -> tuple[One, ...]:
    if not isinstance(raw, list | tuple):
        _refuse({where: ["must be a list"]}, where)
    if len(raw) > LIMIT:
        _refuse({where: [f"must have at most {LIMIT} members"]}, where)
    found: list[One] = []
    errors: dict[str, list[str]] = {}
    for index, one in enumerate(raw):
        path = f"{where}[{index}]"
        try:
            if not isinstance(one, Mapping):
                raise Wrong(path, "must be an object")
            found.append(read(one, path))
        except Wrong as wrong:
            errors[wrong.path] = [wrong.message]
    if errors:
        _refuse(errors, where)
    return tuple(found)


def _refuse(errors: dict[str, list[str]], where: str) -> NoReturn:
    raise InvalidInput("field.invalid", f"{where}: cannot be understood", {"errors": errors})


def _refuse_repeats(actions: tuple[Any, ...], where: str, once: tuple[str, ...]) -> None:
    kinds = [action.as_json()["type"] for action in actions]
    errors = {
        f"{where}[{index}].type": ["may be there only once"]
        for index, kind in enumerate(kinds)
        if kind in once and kind in kinds[:index]
    }
    if errors:
        _refuse(errors, where)


def _set_urgency(raw: Raw, path: str, known: Known | None) -> Action:
    read_only(raw, path, "urgency", "may_lower")
    may_lower = raw.get("may_lower", False)
    if not isinstance(may_lower, bool):
        raise Wrong(f"{path}.may_lower", "must be true or false")
    return SetUrgency(_word(raw, "urgency", path, tuple(URGENCIES)), may_lower)


def _set_status(raw: Raw, path: str, known: Known | None) -> Action:
    read_only(raw, path, "status")
    status = required(raw, "status", path)
    if isinstance(status, str) and _OWN_STATUS.fullmatch(status):
        if known is not None and not known.has("statuses", status):
            raise Wrong(f"{path}.status", "is no status in use")
        return SetStatus(status)
    return SetStatus(_word(raw, "status", path, STATUSES))


def _add_tags(raw: Raw, path: str, known: Known | None) -> Action:
    return AddTags(_tags(raw, path))


def _remove_tags(raw: Raw, path: str, known: Known | None) -> Action:
    return RemoveTags(_tags(raw, path))


def _transfer(raw: Raw, path: str, known: Known | None) -> Action:
    read_only(raw, path, "group_id")
    return Transfer(_uuid("groups", raw, "group_id", path, known))


def _assign(raw: Raw, path: str, known: Known | None) -> Action:
    return Assign(*read_target(raw, path, ASSIGN_TO, known))


def _add_note(raw: Raw, path: str, known: Known | None) -> Action:
    read_only(raw, path, "text")
    return AddNote(read_words(raw, "text", path, NOTE_LIMIT))


READERS: Mapping[str, Reader] = {
    "set_urgency": _set_urgency,
    "add_tags": _add_tags,
    "remove_tags": _remove_tags,
    "set_status": _set_status,
    "transfer": _transfer,
    "assign": _assign,
    "add_note": _add_note,
}


def read_target(
    raw: Raw, path: str, choices: tuple[str, ...], known: Known | None
) -> tuple[str, UUID | None, str | None]:
    """`to`, and the person or the title or role that goes with it."""
    to = _word(raw, "to", path, choices)
    if to == "person":
        read_only(raw, path, "to", "person_id")
        return to, _uuid("people", raw, "person_id", path, known), None
    if to in ("title", "role"):
        read_only(raw, path, "to", to)
        return to, None, read_words(raw, to, path, _TITLE_LIMIT)
    read_only(raw, path, "to")
    return to, None, None


def read_only(raw: Raw, path: str, *names: str) -> None:
    """Refuse members of other names."""
    for name in raw:
        if name not in (*names, "type"):
            raise Wrong(f"{path}.{name}", "is unknown here")


def required(raw: Raw, name: str, path: str) -> Any:
    """A member that must be there."""
    if raw.get(name) is None:
        raise Wrong(f"{path}.{name}", "is required")
    return raw[name]


def _word(raw: Raw, name: str, path: str, choices: tuple[str, ...]) -> str:
    value = required(raw, name, path)
    if value not in choices:
        raise Wrong(f"{path}.{name}", f"must be one of {', '.join(choices)}")
    return str(value)


def read_words(raw: Raw, name: str, path: str, limit: int) -> str:
    """Text that says something, trimmed."""
    return read_text(required(raw, name, path), f"{path}.{name}", limit).strip()


def _uuid(source: str, raw: Raw, name: str, path: str, known: Known | None) -> UUID:
    return UUID(read_id(source, required(raw, name, path), f"{path}.{name}", known))


def _tags(raw: Raw, path: str) -> tuple[str, ...]:
    read_only(raw, path, "tags")
    tags, where = required(raw, "tags", path), f"{path}.tags"
    if not isinstance(tags, list | tuple) or not tags:
        raise Wrong(where, "must be a list of at least one tag")
    if len(tags) > TAGS_LIMIT:
        raise Wrong(where, f"must have at most {TAGS_LIMIT} tags")
    read = [read_text(tag, f"{where}[{n}]", TAG_LIMIT).strip() for n, tag in enumerate(tags)]
    return tuple(dict.fromkeys(read))
