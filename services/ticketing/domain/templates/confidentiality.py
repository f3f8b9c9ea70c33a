"""What a template keeps confidential: all texts of its tickets, and the fields that it names."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.ticketing.domain.templates.definition import Definition
from services.ticketing.domain.templates.notes import Notes

_MOST = 60


@dataclass(frozen=True)
class Confidentiality:
    """`fields`: keys of the template's own; `identity_check`: asked for before anything shows."""

    fields: tuple[str, ...] = ()
    identity_check: bool = False

    def as_json(self) -> dict[str, Any]:
        """The form that is stored, exported and shown."""
        return {"fields": list(self.fields), "identity_check": self.identity_check}


def read_confidentiality(
    notes: Notes, path: str, raw: Any, definition: Definition
) -> Confidentiality | None:
    """None for a template that keeps nothing confidential; notes what is wrong by its path."""
    if raw is None:
        return None
    given = notes.object(path, raw, ("fields", "identity_check"))
    keys = notes.list(f"{path}.fields", given.get("fields"), _MOST)
    for index, key in enumerate(keys):
        if not isinstance(key, str) or key not in definition.own_fields:
            notes.wrong(f"{path}.fields[{index}]", "is no field of this template")
    return Confidentiality(
        tuple(dict.fromkeys(str(key) for key in keys)),
        notes.flag(f"{path}.identity_check", given.get("identity_check")),
    )


def stored_confidentiality(raw: Any) -> Confidentiality | None:
    """The same as a version has stored it: whatever stands there, it stays confidential."""
    if raw is None:
        return None
    given: Mapping[str, Any] = raw if isinstance(raw, Mapping) else {}
    keys = tuple(str(key) for key in given.get("fields") or ())
    return Confidentiality(keys, bool(given.get("identity_check")))
