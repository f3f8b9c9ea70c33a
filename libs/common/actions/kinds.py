"""What a rule, policy or trigger may have done to a ticket. Whoever carries it out is ticketing."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class SetUrgency:
    """Raises the urgency; with `may_lower` it lowers it too."""

    urgency: str
    may_lower: bool = False

    def as_json(self) -> dict[str, Any]:
        """The form that people write and that events carry."""
        told: dict[str, Any] = {"type": "set_urgency", "urgency": self.urgency}
        return {**told, "may_lower": True} if self.may_lower else told


@dataclass(frozen=True)
class AddTags:
    """Adds tags; those that are there already stay."""

    tags: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """As above."""
        return {"type": "add_tags", "tags": list(self.tags)}


@dataclass(frozen=True)
class RemoveTags:
    """Removes tags that are there."""

    tags: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """As above."""
        return {"type": "remove_tags", "tags": list(self.tags)}


@dataclass(frozen=True)
class SetStatus:
    """Moves the ticket to a status that a move by hand could reach."""

    status: str

    def as_json(self) -> dict[str, Any]:
        """As above."""
        return {"type": "set_status", "status": self.status}


@dataclass(frozen=True)
class Transfer:
    """Passes the ticket to a group (转交)."""

    group_id: UUID

    def as_json(self) -> dict[str, Any]:
        """As above."""
        return {"type": "transfer", "group_id": str(self.group_id)}


@dataclass(frozen=True)
class Assign:
    """Gives the ticket to a person, or to one whom `to` finds.

    `to`: person (`person_id`), group_lead (of the ticket's group), title or role (`key` is which).
    """

    to: str
    person_id: UUID | None = None
    key: str | None = None

    def as_json(self) -> dict[str, Any]:
        """As above."""
        return {"type": "assign", **_target(self.to, self.person_id, self.key)}


@dataclass(frozen=True)
class AddNote:
    """Writes an internal note."""

    text: str

    def as_json(self) -> dict[str, Any]:
        """As above."""
        return {"type": "add_note", "text": self.text}


Action = SetUrgency | AddTags | RemoveTags | SetStatus | Transfer | Assign | AddNote


@dataclass(frozen=True)
class Recipient:
    """Somebody to be told: assignee, group_leads, group, title, role (`key`) or person."""

    to: str
    person_id: UUID | None = None
    key: str | None = None

    def as_json(self) -> dict[str, Any]:
        """As above."""
        return _target(self.to, self.person_id, self.key)


def _target(to: str, person_id: UUID | None, key: str | None) -> dict[str, Any]:
    if person_id is not None:
        return {"to": to, "person_id": str(person_id)}
    return {"to": to} if key is None else {"to": to, to: key}
