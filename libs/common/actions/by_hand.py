"""What people may have done by a macro or in bulk, beyond the actions of rules.

Texts may hold variables; whoever carries a step out fills them in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from libs.common.actions.kinds import Action, Assign
from libs.common.actions.parsing import (
    ASSIGN_TO,
    READERS,
    Raw,
    Reader,
    parse_actions,
    read_only,
    read_target,
    read_words,
)
from libs.common.conditions.values import Known, Wrong, read_text

TEXT_LIMIT = 20_000  # characters
_FIELD_LIMIT, _VALUE_LIMIT = 64, 4_000  # as ticketing allows
ME = "me"
_ONCE = ("reply", "solve")


@dataclass(frozen=True)
class Reply:
    """Answers the customer."""

    text: str

    def as_json(self) -> dict[str, Any]:
        """The form that people write."""
        return {"type": "reply", "text": self.text}


@dataclass(frozen=True)
class Solve:
    """Writes the result down (处理结果) and, unless told otherwise, lets the customer know."""

    text: str
    notify_customer: bool = True

    def as_json(self) -> dict[str, Any]:
        """As above."""
        return {"type": "solve", "text": self.text, "notify_customer": self.notify_customer}


@dataclass(frozen=True)
class SetField:
    """Sets one structured field; None empties it."""

    field: str
    value: str | int | float | bool | None

    def as_json(self) -> dict[str, Any]:
        """As above."""
        return {"type": "set_field", "field": self.field, "value": self.value}


Step = Action | Reply | Solve | SetField


def parse_steps(
    raw: object, *, where: str = "actions", known: Known | None = None
) -> tuple[Step, ...]:
    """At least one, in their order; raises InvalidInput whose errors are keyed by paths."""
    return parse_actions(raw, where=where, known=known, readers=_READERS, once=_ONCE, least=1)


def _reply(raw: Raw, path: str, known: Known | None) -> Reply:
    read_only(raw, path, "text")
    return Reply(read_words(raw, "text", path, TEXT_LIMIT))


def _solve(raw: Raw, path: str, known: Known | None) -> Solve:
    read_only(raw, path, "text", "notify_customer")
    notify = raw.get("notify_customer", True)
    if not isinstance(notify, bool):
        raise Wrong(f"{path}.notify_customer", "must be true or false")
    return Solve(read_words(raw, "text", path, TEXT_LIMIT), notify)


def _set_field(raw: Raw, path: str, known: Known | None) -> SetField:
    read_only(raw, path, "field", "value")
    name = read_words(raw, "field", path, _FIELD_LIMIT)
    value = raw.get("value")
    if isinstance(value, str):
        return SetField(name, read_text(value, f"{path}.value", _VALUE_LIMIT))
    is_number = isinstance(value, bool | int) or (isinstance(value, float) and isfinite(value))
    if value is not None and not is_number:
        raise Wrong(f"{path}.value", "must be text, a number, true, false or null")
    return SetField(name, value)


def _assign(raw: Raw, path: str, known: Known | None) -> Assign:
    """Also to whoever carries it out."""
    return Assign(*read_target(raw, path, (ME, *ASSIGN_TO), known))


_READERS: Mapping[str, Reader] = {
    **READERS,
    "assign": _assign,
    "reply": _reply,
    "solve": _solve,
    "set_field": _set_field,
}
