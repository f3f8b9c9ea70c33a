"""Variables in canned replies and macros: `{{customer.name}}`, `{{fields.order_number}}`.

A closed list, and the ticket's structured fields. Filling in is one pass over the text: nothing is
evaluated, and a value that looks like a variable stays as it is.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from libs.common.errors import InvalidInput
from services.ticketing.domain.ticket_state import TicketState

FIELDS = "fields."
# No nested braces, and a bounded length: the pattern takes linear time.
_VARIABLE = re.compile(r"\{\{([^{}]{0,100})\}\}")
_DAY = {"zh": "{0.year}年{0.month}月{0.day}日", "en": "{0:%Y-%m-%d}"}
_TRUTH = {"zh": ("是", "否"), "en": ("yes", "no")}
_BETWEEN = {"zh": "、", "en": ", "}


@dataclass(frozen=True)
class Setting:
    """For whom and when a text is filled in; `language`: zh or en."""

    ticket: TicketState
    agent: str
    now: datetime
    zone: ZoneInfo
    language: str = "zh"
    # What is confidential of it stays out: it is withheld from whoever asks.
    is_withheld: bool = False

    def day(self, instant: datetime) -> str:
        """A date where the business is."""
        return _DAY[self.language].format(instant.astimezone(self.zone))


_KNOWN: Mapping[str, Callable[[Setting], Any]] = {
    "customer.name": lambda given: given.ticket.customer_name,
    "ticket.number": lambda given: given.ticket.number,
    "ticket.subject": lambda given: given.ticket.subject,
    "ticket.created_on": lambda given: given.day(given.ticket.created_at),
    "ticket.assignee": lambda given: given.ticket.assignee_name,
    "ticket.group": lambda given: given.ticket.group_name,
    "agent.name": lambda given: given.agent,
    "today": lambda given: given.day(given.now),
}

VARIABLES: tuple[str, ...] = tuple(_KNOWN)


@dataclass(frozen=True)
class Filled:
    """A text with its values; `missing` names the variables for which there were none."""

    text: str
    missing: tuple[str, ...] = ()


def check_variables(field: str, text: str) -> None:
    """Refuse what could never be filled in, naming it; raises InvalidInput."""
    unknown = [name for name in _names(text) if not _is_known(name)]
    rest = _VARIABLE.sub("", text)
    problems = [f"there is no variable {{{{{name}}}}}" for name in dict.fromkeys(unknown)]
    if "{{" in rest or "}}" in rest:
        problems.append("a variable is not closed: write it as {{customer.name}}")
    if problems:
        raise InvalidInput("variable.unknown", f"{field}: {problems[0]}", _errors(field, problems))


def fields_named(text: str) -> set[str]:
    """The keys of the fields that a text asks for."""
    named = (name for name in _names(text) if name.startswith(FIELDS))
    return {name.removeprefix(FIELDS) for name in named}


def fill_in(text: str, setting: Setting) -> Filled:
    """The text with its values; never refuses: what is missing or unknown becomes nothing."""
    missing: dict[str, None] = {}

    def replace(found: re.Match[str]) -> str:
        name = found[1].strip()
        value = _shown(_value(name, setting), setting.language)
        if not value:
            missing[name] = None
        return value

    return Filled(_VARIABLE.sub(replace, text), tuple(missing))


def _names(text: str) -> list[str]:
    return [name.strip() for name in _VARIABLE.findall(text)]


def _is_known(name: str) -> bool:
    return name in _KNOWN or (name.startswith(FIELDS) and len(name) > len(FIELDS))


def _value(name: str, setting: Setting) -> Any:
    if name.startswith(FIELDS):
        ticket = setting.ticket
        fields = ticket.open_fields() if setting.is_withheld else ticket.fields
        return fields.get(name.removeprefix(FIELDS))
    known = _KNOWN.get(name)
    return known(setting) if known else None


def _shown(value: Any, language: str) -> str:
    if isinstance(value, bool):
        return _TRUTH[language][0 if value else 1]
    if isinstance(value, list):
        return _BETWEEN[language].join(filter(None, (_shown(one, language) for one in value)))
    return "" if value is None or isinstance(value, dict) else str(value)


def _errors(field: str, problems: list[str]) -> dict[str, Any]:
    return {"errors": {field: problems}}
