"""Removes what belongs to a purged ticket."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from services.ticketing.storage.search_due import note_due
from services.ticketing.storage.tables import attachments, ticket_search, timeline_entries
from services.ticketing.storage.worded_tables import WORDED


def drop_contents(session: Session, ticket_id: UUID, created_at: datetime) -> list[str]:
    """Timeline, files, and what people asked of one another; returns the keys of the files' blobs.

    The words by which it is found go as well. Which messages were filed stays known: one that is
    told again must not open the ticket anew.
    """
    session.execute(
        delete(timeline_entries).where(
            timeline_entries.c.ticket_id == ticket_id,
            # No entry is older than its ticket: partitions before it need not be looked at.
            timeline_entries.c.created_at >= created_at,
        )
    )
    for table in WORDED:
        session.execute(delete(table).where(table.c.ticket_id == ticket_id))
    session.execute(delete(ticket_search).where(ticket_search.c.ticket_id == ticket_id))
    note_due(session, [ticket_id])
    gone = (
        delete(attachments)
        .where(attachments.c.ticket_id == ticket_id)
        .returning(attachments.c.blob_key, attachments.c.thumbnail_key)
    )
    return [key for row in session.execute(gone) for key in row if key is not None]
