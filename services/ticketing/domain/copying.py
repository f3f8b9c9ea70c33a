"""抄送: who follows a ticket without having it, and reads it only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from libs.common.errors import Conflict, field_error
from services.ticketing.domain.act import Act
from services.ticketing.domain.handing import HandedTicket

PERSON, GROUP, DEPARTMENT = "person", "group", "department"
COPY_KINDS = (PERSON, GROUP, DEPARTMENT)
_MOST = 50


@dataclass(frozen=True)
class Copied:
    """Somebody, or a unit with everybody in it."""

    kind: str
    id: UUID
    name: str

    def as_shown(self) -> dict[str, Any]:
        """As the ticket and its timeline name it."""
        return {"kind": self.kind, "id": str(self.id), "name": self.name}


class CopiedTicket(HandedTicket):
    """A ticket as far as others follow it."""

    def change_copies(
        self,
        added: Sequence[Copied],
        removed: Sequence[UUID],
        note: str | None,
        act: Act,
        recipients: Sequence[UUID] = (),
    ) -> None:
        """Who is there already, or not there, is no change; nothing at all is refused.

        `recipients`: the people among those who are added, to be told.
        """
        act.actor.demand("ticket.cc")
        self._require_worker(act)
        if self.status == "archived":
            raise Conflict("ticket.closed", "the ticket is archived")
        new = [one for one in added if one.id not in self.cc]
        gone = [one for one in self.cc if one in removed]
        if not new and not gone:
            raise Conflict("cc.unchanged", "nobody is added or removed")
        if len(self.cc) + len(new) - len(gone) > _MOST:
            raise field_error("added", f"at most {_MOST} can follow a ticket", "field.too_long")
        leaving = [one for one in self.cc_shown if UUID(one["id"]) in gone]
        self.cc = [one for one in self.cc if one not in gone] + [one.id for one in new]
        staying = [one for one in self.cc_shown if one not in leaving]
        self.cc_shown = staying + [one.as_shown() for one in new]
        shown: dict[str, Any] = {"added": [one.as_shown() for one in new], "removed": leaving}
        self._enter_event(act, "ticket.cc_changed", **shown, note=note)
        told = {"added": [{"kind": one.kind, "id": one.id} for one in new], "removed": gone}
        known = [one for one in recipients if new and one != act.actor.subject]
        self._record(act, "ticket.cc_changed", **told, recipients=known, note=note)
