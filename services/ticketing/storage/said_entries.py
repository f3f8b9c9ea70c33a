"""What was said in a ticket, for quoting it elsewhere."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.ticketing.domain.splitting import Said
from services.ticketing.storage.sealed_texts import open_entry
from services.ticketing.storage.tables import timeline_entries


def find_said(
    session: Session, ticket_id: UUID, since: datetime, entry_ids: Collection[UUID]
) -> list[Said]:
    """Those of the entries that are the ticket's messages and notes, oldest first."""
    statement = (
        select(timeline_entries)
        .where(
            timeline_entries.c.entry_id.in_(entry_ids),
            timeline_entries.c.ticket_id == ticket_id,
            timeline_entries.c.kind.in_(("message", "note")),
            # No entry is older than its ticket: partitions before it need not be looked at.
            timeline_entries.c.created_at >= since,
        )
        .order_by(timeline_entries.c.seq)
    )
    return [
        Said(
            entry_id=row.entry_id,
            kind=row.kind,
            author_kind=row.author_kind,
            author_name=row.author_name,
            text=open_entry(session, row).get("text", row.text) or "",
            created_at=row.created_at,
        )
        for row in session.execute(statement)
    ]
