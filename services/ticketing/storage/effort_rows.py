"""Finds efforts; the lock of their ticket is theirs, too."""

from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.ticketing.domain.effort import Effort
from services.ticketing.storage.together_tables import efforts
from services.ticketing.storage.worded_rows import read_row


def find_effort(session: Session, ticket_id: UUID, effort_id: UUID) -> Effort | None:
    """One of a ticket's."""
    found = select(efforts).where(
        efforts.c.effort_id == effort_id, efforts.c.ticket_id == ticket_id
    )
    row = session.execute(found).one_or_none()
    return None if row is None else read_row(session, efforts, row, Effort)


def drop_effort(session: Session, effort_id: UUID) -> None:
    """No longer counted."""
    session.execute(delete(efforts).where(efforts.c.effort_id == effort_id))
