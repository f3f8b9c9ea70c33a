"""Finds single entries of timelines."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.ticketing.storage.tables import timeline_entries


def has_entry(session: Session, entry_id: UUID, ticket_id: UUID) -> bool:
    """Whether the ticket's timeline has this entry."""
    statement = select(timeline_entries.c.seq).where(
        timeline_entries.c.entry_id == entry_id, timeline_entries.c.ticket_id == ticket_id
    )
    return session.execute(statement).first() is not None
