"""Links between two tickets: typed, and read from either side."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from libs.common.errors import Conflict
from services.ticketing.domain import checks
from services.ticketing.domain.act import Act
from services.ticketing.domain.rating import RatedTicket

RELATES_TO = "relates_to"
MOST_LINKS = 50

# What is kept, and how the other side calls it.
OTHER_SIDE: Mapping[str, str] = {
    RELATES_TO: RELATES_TO,
    "duplicates": "duplicated_by",
    "causes": "caused_by",
    "blocks": "blocked_by",
}
RELATIONS = tuple(dict.fromkeys([*OTHER_SIDE, *OTHER_SIDE.values()]))
_KEPT_AS = {word: kind for kind, word in OTHER_SIDE.items() if kind != RELATES_TO}


@dataclass(frozen=True)
class Link:
    """What is kept: `from_id` `kind` `to_id`."""

    from_id: UUID
    to_id: UUID
    kind: str

    @classmethod
    def between(cls, ticket_id: UUID, relation: str, other_id: UUID) -> "Link":
        """As the first of the two tells it; the same from whichever side it is told."""
        checks.one_of("relation", relation, RELATIONS)
        if ticket_id == other_id:
            raise Conflict("link.self", "a ticket cannot be linked with itself")
        if relation == RELATES_TO:
            first, second = sorted((ticket_id, other_id))
            return cls(first, second, relation)
        if relation in _KEPT_AS:
            return cls(other_id, ticket_id, _KEPT_AS[relation])
        return cls(ticket_id, other_id, relation)

    def seen_from(self, ticket_id: UUID) -> tuple[str, UUID]:
        """How that ticket calls it, and the other ticket."""
        if ticket_id == self.from_id:
            return self.kind, self.to_id
        return OTHER_SIDE[self.kind], self.from_id


class LinkedTicket(RatedTicket):
    """A ticket as far as it is about its links; both tickets tell of each."""

    def link(self, other: "LinkedTicket", relation: str, act: Act) -> Link:
        """Link with another; that there is no such link yet is for the caller to know."""
        self._require_worker(act)
        made = Link.between(self.ticket_id, relation, other.ticket_id)
        for ticket in (self, other):
            ticket._refuse_archived()
        self._tell_link("ticket.linked", other, made, act)
        other._tell_link("ticket.linked", self, made, act)
        return made

    def unlink(self, other: "LinkedTicket", link: Link, act: Act) -> None:
        """Remove a link that there is."""
        self._require_worker(act)
        self._tell_link("ticket.unlinked", other, link, act)
        other._tell_link("ticket.unlinked", self, link, act)

    def _tell_link(self, type: str, other: "LinkedTicket", link: Link, act: Act) -> None:
        relation, _ = link.seen_from(self.ticket_id)
        self._enter_event(act, type, relation=relation, number=other.number)
        self._record(act, type, relation=relation, other_ticket_id=other.ticket_id)

    def _refuse_archived(self) -> None:
        if self.status == "archived":
            raise Conflict("ticket.closed", f"{self.number} is archived")
