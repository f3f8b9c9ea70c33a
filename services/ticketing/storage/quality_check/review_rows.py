"""Reviews: drawn once, locked for each change, kept with what people wrote."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.ticketing.domain.quality_check.review import CONFIRMED, Review
from services.ticketing.storage.quality_check.tables import quality_reviews
from services.ticketing.storage.worded_rows import (
    add_row,
    hold_ticket,
    keep_row,
    read_row,
    row_of,
)

_RULE_TOOK = text("rule_id IS NOT NULL")
_ENTRIES = text(
    "SELECT entry_id FROM timeline_entries JOIN tickets USING (ticket_id) "
    "WHERE ticket_id = :ticket_id AND timeline_entries.created_at >= tickets.created_at "
    "AND entry_id = ANY(:ids)"
)


def add_review(session: Session, review: Review) -> None:
    """Drawn by hand."""
    add_row(session, quality_reviews, review)


def add_sampled(session: Session, review: Review) -> bool:
    """Drawn by a rule; whether it had not taken this ticket before."""
    statement = (
        insert(quality_reviews)
        .values(row_of(session, quality_reviews, review))
        .on_conflict_do_nothing(index_elements=["ticket_id", "rule_id"], index_where=_RULE_TOOK)
        .returning(quality_reviews.c.review_id)
    )
    return session.execute(statement).first() is not None


def lock_review(session: Session, review_id: UUID) -> Review | None:
    """The review, locked until the transaction ends; its ticket is held before."""
    place = select(quality_reviews.c.ticket_id).where(quality_reviews.c.review_id == review_id)
    ticket_id = session.scalar(place)
    if ticket_id is None:
        return None
    hold_ticket(session, ticket_id)
    return _one(session, select(quality_reviews).with_for_update(), review_id)


def find_review(session: Session, review_id: UUID) -> Review | None:
    """The review to look at."""
    return _one(session, select(quality_reviews), review_id)


def keep_review(session: Session, review: Review) -> None:
    """Write it back; it has been locked."""
    keep_row(session, quality_reviews, review)


def has_open_review(session: Session, ticket_id: UUID, sheet_id: UUID) -> bool:
    """Whether somebody is at this ticket with this sheet already; the ticket is locked."""
    found = select(quality_reviews.c.review_id).where(
        quality_reviews.c.ticket_id == ticket_id,
        quality_reviews.c.sheet_id == sheet_id,
        quality_reviews.c.state != CONFIRMED,
    )
    return session.execute(found.limit(1)).first() is not None


def known_entries(session: Session, ticket_id: UUID, ids: Collection[UUID]) -> set[UUID]:
    """Those of the entries that stand in the ticket's timeline."""
    if not ids:
        return set()
    return set(session.scalars(_ENTRIES, {"ticket_id": ticket_id, "ids": list(ids)}))


def _one(session: Session, statement: Any, review_id: UUID) -> Review | None:
    found = statement.where(quality_reviews.c.review_id == review_id)
    row = session.execute(found).one_or_none()
    return None if row is None else read_row(session, quality_reviews, row, Review)
