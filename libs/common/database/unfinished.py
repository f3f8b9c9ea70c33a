"""Which tickets a service's copy takes for unfinished: what a lost event leaves behind."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

MOST_UNFINISHED = 100  # in a page

_PAGE = text(
    "SELECT ticket_id FROM tickets WHERE status_category IN ('new', 'open', 'pending', 'on_hold') "
    "AND ticket_id > :after ORDER BY ticket_id LIMIT :n"
)


def list_unfinished(session: Session, after: UUID | None, limit: int) -> dict[str, Any]:
    """A page in the order of ids: {ticket_ids, next}, from a copy of tickets named `tickets`."""
    place = {"after": after or UUID(int=0), "n": limit}
    found = [str(one) for one in session.execute(_PAGE, place).scalars()]
    return {"ticket_ids": found, "next": found[-1] if len(found) == limit else None}
