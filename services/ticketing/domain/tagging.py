"""Known tags, and what a renaming does to a ticket."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from libs.common.errors import field_error
from services.ticketing.domain import checks
from services.ticketing.domain.act import Act
from services.ticketing.domain.gathering import Gathering
from services.ticketing.domain.ticket_state import TicketState

MOST = 2_000
_NAME_LIMIT = 40
_COLOR = re.compile(r"#[0-9a-f]{6}")
_MEMBERS = ("name", "color", "is_active")


class TaggedTicket(TicketState):
    """A ticket as far as its tags are an administrator's words."""

    def rename_tag(self, old: str, new: str, act: Act) -> None:
        """One tag under another name, whatever has become of the ticket; its order stays."""
        after = renamed(self.tags, old, new)
        if after == self.tags:
            return
        change = {"field": "tags", "from": self.tags, "to": after}
        self.tags = after
        self.version += 1
        self._enter_event(act, "ticket.edited", changes=[change], reason=f"{old} → {new}")
        self._record(act, "ticket.edited", changed=["tags"])


def renamed(tags: Sequence[str], old: str, new: str) -> list[str]:
    """The tags with one called otherwise; none stands there twice."""
    return list(dict.fromkeys(new if tag == old else tag for tag in tags))


def read_tag(values: Mapping[str, Any]) -> dict[str, Any]:
    """What is given of a known tag, as it is kept; raises InvalidInput."""
    wrong, read = Gathering(), {}
    for name, value in values.items():
        if name not in _MEMBERS:
            wrong.add(name, "is not known here", "field.unknown")
        elif name == "name":
            read[name] = wrong.read(name, checks.required_text, name, value, _NAME_LIMIT)
        elif name == "color":
            read[name] = wrong.read(name, _color, value)
        elif isinstance(value, bool):
            read[name] = value
        else:
            wrong.add(name, "must be true or false")
    wrong.demand()
    return read


def _color(value: object) -> str | None:
    if value in (None, ""):
        return None
    if not isinstance(value, str) or not _COLOR.fullmatch(value.lower()):
        raise field_error("color", "must be a colour such as #1f6feb")
    return value.lower()
