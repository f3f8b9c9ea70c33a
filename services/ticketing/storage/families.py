"""Parents and children as they stand in the table."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import bindparam, select, text
from sqlalchemy.orm import Session

from services.ticketing.domain.family import MOST_LEVELS, Lineage
from services.ticketing.domain.statuses import UNFINISHED
from services.ticketing.domain.ticket import Ticket
from services.ticketing.storage import mapping
from services.ticketing.storage.tables import tickets
from services.ticketing.storage.ticket_finders import lock_by_ids

mapping.start()

# Deeper than families are: a circle, which there never is, would end as well.
_DEEP = MOST_LEVELS * 2
_ABOVE = text(
    "WITH RECURSIVE above AS (SELECT parent_id, 1 AS level FROM tickets WHERE ticket_id = :id "
    "UNION ALL SELECT t.parent_id, level + 1 FROM tickets t JOIN above ON "
    f"t.ticket_id = above.parent_id WHERE level < {_DEEP}) "
    "SELECT parent_id FROM above WHERE parent_id IS NOT NULL ORDER BY level"
)
_BELOW = text(
    "WITH RECURSIVE below AS (SELECT CAST(:id AS uuid) AS ticket_id, 0 AS level "
    "UNION ALL SELECT t.ticket_id, level + 1 FROM tickets t JOIN below ON "
    f"t.parent_id = below.ticket_id WHERE level < {_DEEP}) SELECT max(level) FROM below"
)
# Finished ones are passed by with all below them: those wait for nobody.
_OPEN_BELOW = text(
    "WITH RECURSIVE below AS (SELECT CAST(:id AS uuid) AS ticket_id, 0 AS level "
    "UNION ALL SELECT t.ticket_id, level + 1 FROM tickets t JOIN below ON "
    f"t.parent_id = below.ticket_id WHERE level < {_DEEP} AND t.status_category = ANY(:open)) "
    "SELECT ticket_id FROM below WHERE level > 0 ORDER BY level DESC, ticket_id LIMIT :most"
)
_OPEN_CHILDREN = select(Ticket).where(
    tickets.c.parent_id == bindparam("id"), tickets.c.status_category.in_(UNFINISHED)
)
_CHILDREN = text("SELECT count(*) FROM tickets WHERE parent_id = :id")


def lock_family(session: Session, parent_id: UUID, child_ids: Iterable[UUID]) -> dict[UUID, Ticket]:
    """The tickets and all above the parent, locked: so no two attachments make a circle."""
    wanted = {parent_id, *child_ids, *ancestors_of(session, parent_id)}
    locked = lock_by_ids(session, wanted)
    # What was attached above in the meantime; rare, and behind a lock that its maker had.
    while missing := set(ancestors_of(session, parent_id)) - wanted:
        wanted |= missing
        locked |= lock_by_ids(session, missing)
    return locked


def lock_with_open_below(session: Session, ticket_id: UUID, most: int) -> dict[UUID, Ticket]:
    """The ticket and its open descendants, locked; those farthest below come first.

    Of more than `most` descendants only so many and one.
    """
    below, locked = open_below(session, ticket_id, most), dict[UUID, Ticket]()
    # What was attached or taken up below meanwhile: rare, and its maker had the parent's lock.
    while missing := {ticket_id, *below} - set(locked):
        locked |= lock_by_ids(session, missing)
        below = open_below(session, ticket_id, most)
    return {one: locked[one] for one in (*below, ticket_id)}


def open_below(session: Session, ticket_id: UUID, most: int) -> list[UUID]:
    """Its open descendants, those farthest below first; at most so many and one."""
    found = {"id": ticket_id, "open": list(UNFINISHED), "most": most + 1}
    return list(session.scalars(_OPEN_BELOW, found))


def open_children(session: Session, ticket_id: UUID) -> list[Ticket]:
    """Its open children to look at, in the order of their numbers."""
    found = session.scalars(_OPEN_CHILDREN, {"id": ticket_id})
    return sorted(found, key=lambda one: one.number)


def lineage_of(session: Session, parent_id: UUID, child_id: UUID | None) -> Lineage:
    """What is above the parent and below the child; call with the family locked."""
    below = 0 if child_id is None else int(session.scalar(_BELOW, {"id": child_id}) or 0)
    children = int(session.scalar(_CHILDREN, {"id": parent_id}) or 0)
    return Lineage(tuple(ancestors_of(session, parent_id)), below, children)


def ancestors_of(session: Session, ticket_id: UUID) -> list[UUID]:
    """The parent, then its parent, and so on."""
    return list(session.scalars(_ABOVE, {"id": ticket_id}))
