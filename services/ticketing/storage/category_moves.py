"""Moves of categories that their tickets have yet to tell."""

from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from services.ticketing.domain.statuses import UNFINISHED

_ORDER = text("INSERT INTO category_moves (category_id) VALUES (:category_id)")
_NEXT = text(
    "SELECT move_id, category_id, told_to FROM category_moves "
    "ORDER BY move_id LIMIT 1 FOR UPDATE SKIP LOCKED"
)
# What comes into the category from now on tells its path by itself.
_BEHIND = text(
    "SELECT ticket_id FROM tickets WHERE status_category = ANY(:unfinished) "
    "AND category_id IN (SELECT category_id FROM ticket_categories WHERE :category_id = ANY(path)) "
    "AND (CAST(:told_to AS uuid) IS NULL OR ticket_id > :told_to) AND deleted_at IS NULL "
    "ORDER BY ticket_id LIMIT :n"
)
_TOLD = text("UPDATE category_moves SET told_to = :ticket_id WHERE move_id = :move_id")
_FINISH = text("DELETE FROM category_moves WHERE move_id = :move_id")


def order_telling(session: Session, category_id: UUID) -> None:
    """Have the tickets in it and below tell where they lie now."""
    session.execute(_ORDER, {"category_id": category_id})


def next_move(session: Session) -> RowMapping | None:
    """The oldest that nobody works on, locked."""
    return session.execute(_NEXT).mappings().one_or_none()


def tickets_behind(session: Session, move: RowMapping, n: int) -> list[UUID]:
    """The next that have not told it, by their ids."""
    wanted = {"unfinished": list(UNFINISHED), "n": n}
    given = {"category_id": move["category_id"], "told_to": move["told_to"]}
    return list(session.scalars(_BEHIND, wanted | given))


def note_told(session: Session, move: RowMapping, ticket_id: UUID) -> None:
    """All up to this one have."""
    session.execute(_TOLD, {"move_id": move["move_id"], "ticket_id": ticket_id})


def finish_move(session: Session, move: RowMapping) -> None:
    """There is nobody left."""
    session.execute(_FINISH, {"move_id": move["move_id"]})
