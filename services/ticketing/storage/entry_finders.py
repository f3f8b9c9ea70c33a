"""Finds single entries of timelines."""

from collections.abc import Mapping
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


def entries_there(session: Session, wanted: Mapping[UUID, UUID]) -> set[UUID]:
    """Those of the entries that are there; `wanted` says of each in which ticket's timeline."""
    statement = select(timeline_entries.c.entry_id).where(
        timeline_entries.c.entry_id.in_(wanted),
        timeline_entries.c.ticket_id.in_(set(wanted.values())),
    )
    return set(session.scalars(statement)) if wanted else set()
