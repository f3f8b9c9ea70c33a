"""What a template says: its name, the kind of request it is for, and its definition."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.ticketing.domain.templates.confidentiality import (
    Confidentiality,
    read_confidentiality,
)
from services.ticketing.domain.templates.definition import Definition
from services.ticketing.domain.templates.notes import Notes
from services.ticketing.domain.templates.offering import read_offered
from services.ticketing.domain.templates.parsing import parse_definition
from services.ticketing.domain.templates.requesters import Requesters, read_requesters
from services.ticketing.domain.vocabulary import KINDS

_KEY = re.compile(r"[a-z][a-z0-9_]{1,39}")
_MEMBERS = (
    *("name", "kind", "description", "description_en", "fields", "requirements", "statuses"),
    *("confidential", "requesters", "categories"),
)


@dataclass(frozen=True)
class Content:
    """What is drafted, and what a version publishes; `categories` as in the version.

    `description_en` is empty where nobody has written it: readers of English get the Chinese one.
    """

    name: Mapping[str, str]
    kind: str
    description: str
    definition: Definition
    confidential: Confidentiality | None = None
    requesters: Requesters | None = None
    categories: tuple[UUID, ...] = ()
    description_en: str = ""

    def as_json(self) -> dict[str, Any]:
        """The form that is stored, exported and read again.

        It says of requesters that a template is closed to them, and that it keeps nothing
        confidential: of what says nothing it stays as it was.
        """
        secret, asked, told_en = self.confidential, self.requesters, self.description_en
        return {
            "name": dict(self.name),
            "kind": self.kind,
            "description": self.description,
            **({"description_en": told_en} if told_en else {}),
            **self.definition.as_json(),
            "confidential": secret and secret.as_json(),
            "requesters": asked and asked.as_json(),
            **({"categories": [str(one) for one in self.categories]} if self.categories else {}),
        }


def parse_content(raw: Any, where: str = "") -> Content:
    """The content; raises InvalidInput that names all that is wrong by its path."""
    notes = Notes()
    given = notes.object(where.rstrip("."), raw, _MEMBERS)
    name = notes.wording(f"{where}name", given.get("name"), 60)
    kind = notes.one_of(f"{where}kind", given.get("kind"), KINDS)
    told, told_en = (
        notes.text(f"{where}{name}", given.get(name), 500, is_required=False) or ""
        for name in ("description", "description_en")
    )
    notes.refuse()
    raw_definition = {name: given.get(name) for name in ("fields", "requirements", "statuses")}
    definition = parse_definition(raw_definition, where)
    secret = given.get("confidential")
    confidential = read_confidentiality(notes, f"{where}confidential", secret, definition)
    asked = given.get("requesters")
    requesters = read_requesters(notes, f"{where}requesters", asked, definition, where)
    offered = read_offered(notes, f"{where}categories", given.get("categories"))
    if requesters and requesters.categories and not offered:
        notes.wrong(f"{where}requesters.categories", "name the categories to choose among")
    notes.refuse()
    return Content(name, kind, told, definition, confidential, requesters, offered, told_en)


def keep_unsaid(values: Any, known: Mapping[str, Any] | None) -> Any:
    """Values that say nothing of requesters or of confidentiality, with what was `known` of these.

    Who writes a template without a word about them means neither to close it to requesters nor to
    lay open what it keeps. Of the fields that are named there those stay so that there still are.
    """
    if not isinstance(values, Mapping):
        return values
    fields = values.get("fields")
    rows = fields if isinstance(fields, list | tuple) else ()
    keys = {row.get("key") for row in rows if isinstance(row, Mapping)}
    kept = {
        member: {**told, named: [key for key in told.get(named) or () if key in keys]}
        for member, named in (("requesters", "hidden"), ("confidential", "fields"))
        if member not in values and (told := (known or {}).get(member))
    }
    if not values.get("categories"):
        kept.get("requesters", {}).pop("categories", None)
    return {**values, **kept}


def parse_key(raw: Any, where: str = "key") -> str:
    """What a template is called by other systems, for ever."""
    if not isinstance(raw, str) or not _KEY.fullmatch(raw):
        notes = Notes()
        notes.wrong(where, "must be 2 to 40 small letters, digits and _, beginning with a letter")
        notes.refuse()
    return str(raw)
