"""What a template says: its name, the kind of request it is for, and its definition."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.ticketing.domain.templates.confidentiality import (
    Confidentiality,
    read_confidentiality,
)
from services.ticketing.domain.templates.definition import Definition
from services.ticketing.domain.templates.notes import Notes
from services.ticketing.domain.templates.parsing import parse_definition
from services.ticketing.domain.templates.requesters import Requesters, read_requesters
from services.ticketing.domain.vocabulary import KINDS

_KEY = re.compile(r"[a-z][a-z0-9_]{1,39}")
_MEMBERS = (
    *("name", "kind", "description", "fields", "requirements", "statuses", "confidential"),
    "requesters",
)


@dataclass(frozen=True)
class Content:
    """What is drafted, and what a version publishes."""

    name: Mapping[str, str]
    kind: str
    description: str
    definition: Definition
    confidential: Confidentiality | None = None
    requesters: Requesters | None = None

    def as_json(self) -> dict[str, Any]:
        """The form that is stored, exported and read again."""
        secret, asked = self.confidential, self.requesters
        return {
            "name": dict(self.name),
            "kind": self.kind,
            "description": self.description,
            **self.definition.as_json(),
            **({"confidential": secret.as_json()} if secret else {}),
            **({"requesters": asked.as_json()} if asked else {}),
        }


def parse_content(raw: Any, where: str = "") -> Content:
    """The content; raises InvalidInput that names all that is wrong by its path."""
    notes = Notes()
    given = notes.object(where.rstrip("."), raw, _MEMBERS)
    name = notes.wording(f"{where}name", given.get("name"), 60)
    kind = notes.one_of(f"{where}kind", given.get("kind"), KINDS)
    told = notes.text(f"{where}description", given.get("description"), 500, is_required=False)
    notes.refuse()
    raw_definition = {name: given.get(name) for name in ("fields", "requirements", "statuses")}
    definition = parse_definition(raw_definition, where)
    secret = given.get("confidential")
    confidential = read_confidentiality(notes, f"{where}confidential", secret, definition)
    asked = given.get("requesters")
    requesters = read_requesters(notes, f"{where}requesters", asked, definition, where)
    notes.refuse()
    return Content(name, kind, told or "", definition, confidential, requesters)


def parse_key(raw: Any, where: str = "key") -> str:
    """What a template is called by other systems, for ever."""
    if not isinstance(raw, str) or not _KEY.fullmatch(raw):
        notes = Notes()
        notes.wrong(where, "must be 2 to 40 small letters, digits and _, beginning with a letter")
        notes.refuse()
    return str(raw)
