"""Work on many tickets at once: what is wanted, by whom, and what became of each ticket."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from libs.common.actor import Actor
from libs.common.errors import field_error

WAITING, DONE, REFUSED, SKIPPED = "waiting", "done", "refused", "skipped"
STATES = (WAITING, DONE, REFUSED, SKIPPED)
MOST_TICKETS = 500
MOST_UNFINISHED = 5
KEPT = timedelta(days=90)

CANCELLED, UNCHANGED, FAILED = "bulk.cancelled", "bulk.unchanged", "bulk.failed"

_MESSAGES = {
    CANCELLED: "the work was cancelled before this ticket",
    UNCHANGED: "everything was so already",
    FAILED: "something went wrong with this ticket",
}


@dataclass(frozen=True)
class Outcome:
    """What became of one ticket; `code` and `message` say why, where it is not done."""

    state: str
    code: str | None = None
    message: str | None = None

    @classmethod
    def known(cls, state: str, code: str) -> "Outcome":
        """One of the outcomes that bulk work itself has."""
        return cls(state, code, _MESSAGES[code])


@dataclass(frozen=True)
class Wanted:
    """What shall be done, and who asked, with the rights and the scope that they had then.

    `problem`: number of the record that the tickets are linked with, instead of any actions.
    """

    actor: Actor
    actions: tuple[dict[str, Any], ...]
    reason: str | None
    language: str
    macro_id: UUID | None = None
    problem: str | None = None

    def as_json(self) -> dict[str, Any]:
        """As it is stored."""
        actor = self.actor
        return {
            "actor": {
                "subject": str(actor.subject) if actor.subject else None,
                "name": actor.name,
                "kind": actor.kind,
                "roles": list(actor.roles),
                "scopes": actor.scopes,
                "permissions": sorted(actor.permissions),
            },
            "actions": list(self.actions),
            "reason": self.reason,
            "language": self.language,
            "macro_id": str(self.macro_id) if self.macro_id else None,
            "problem": self.problem,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Wanted":
        """The same again."""
        frozen, macro_id = stored["actor"], stored["macro_id"]
        actor = Actor(
            subject=UUID(frozen["subject"]) if frozen["subject"] else None,
            name=frozen["name"],
            kind=frozen["kind"],
            roles=tuple(frozen["roles"]),
            scopes=frozen["scopes"],
            permissions=frozenset(frozen["permissions"]),
        )
        return cls(
            actor=actor,
            actions=tuple(stored["actions"]),
            reason=stored["reason"],
            language=stored["language"],
            macro_id=UUID(macro_id) if macro_id else None,
            # Orders of an earlier release know nothing of it.
            problem=stored.get("problem"),
        )


def check_numbers(numbers: list[str]) -> list[str]:
    """Each once, in the given order; raises InvalidInput for none or too many."""
    wanted = list(dict.fromkeys(number for number in numbers if number))
    if not wanted:
        raise field_error("numbers", "must name at least one ticket", "field.required")
    if len(wanted) > MOST_TICKETS:
        raise field_error("numbers", f"must name at most {MOST_TICKETS} tickets", "field.too_long")
    return wanted
