"""Whether requesters may choose a template themselves, and which of its fields they get to see."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.ticketing.domain.templates.conditions import referred
from services.ticketing.domain.templates.definition import Definition
from services.ticketing.domain.templates.fields import Field
from services.ticketing.domain.templates.notes import Notes
from services.ticketing.domain.templates.requirements import CREATE

# Whom a company employs is nothing that customers may look through.
STAFF_TYPES = ("person",)
_MOST = 60


@dataclass(frozen=True)
class Requesters:
    """`hidden`: keys of the fields that are filled in by staff alone. `categories`: whether they
    choose among the categories that the template names.

    Who asks are customers; of templates for internal requests, employees.
    """

    hidden: tuple[str, ...] = ()
    categories: bool = False

    def as_json(self) -> dict[str, Any]:
        """The form that is stored, exported and shown."""
        return {"hidden": list(self.hidden), "categories": self.categories}

    def shows(self, field: Field) -> bool:
        """Whether they see it and fill it in."""
        return field.key not in self.hidden and field.type not in STAFF_TYPES

    def form_of(self, definition: Definition) -> Definition:
        """What of the definition is for them: the fields that they see, and the first stage."""
        hidden = {one.key for one in definition.fields if not self.shows(one)}
        return definition.opening_without(hidden)


def read_requesters(
    notes: Notes, path: str, raw: Any, definition: Definition, where: str
) -> Requesters | None:
    """None for a template that only staff choose; notes what is wrong by its path."""
    if raw is None:
        return None
    given = notes.object(path, raw, ("hidden", "categories"))
    keys = notes.list(f"{path}.hidden", given.get("hidden"), _MOST)
    for index, key in enumerate(keys):
        if not isinstance(key, str) or key not in definition.own_fields:
            notes.wrong(f"{path}.hidden[{index}]", "is no field of this template")
    requesters = Requesters(
        tuple(dict.fromkeys(str(key) for key in keys)),
        notes.flag(f"{path}.categories", given.get("categories")),
    )
    for index, field in enumerate(definition.fields):
        _refuse_impossible(notes, f"{where}fields[{index}]", field, requesters, definition)
    return requesters


def stored_requesters(raw: Any) -> Requesters | None:
    """The same as a version has stored it."""
    if not isinstance(raw, Mapping):
        return None
    hidden = tuple(str(key) for key in raw.get("hidden") or ())
    return Requesters(hidden, raw.get("categories") is True)


def _refuse_impossible(
    notes: Notes, path: str, field: Field, requesters: Requesters, definition: Definition
) -> None:
    """What they are asked for they must be able to answer, and to see why they are asked."""
    if field.key in requesters.hidden:
        return
    if not requesters.shows(field):
        is_asked = field.required or field.required_when is not None
        if is_asked or field.key in definition.requirement(CREATE).fields:
            notes.wrong(
                f"{path}.required",
                "requesters cannot choose a colleague: hide the field from them, "
                "or do not require it",
            )
        return
    own = definition.own_fields
    for name, condition in field.conditions().items():
        unseen = [key for key in referred(condition) if not requesters.shows(own[key])]
        if unseen:
            told = f"speaks of what requesters do not see: {', '.join(sorted(unseen))}"
            notes.wrong(f"{path}.{name}", told)
