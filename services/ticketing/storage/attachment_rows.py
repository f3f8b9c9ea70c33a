"""Attachments: staged by an upload, adopted by the entry that shows them, swept if never."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from services.ticketing.domain.timeline import Attachment
from services.ticketing.storage.tables import attachments

_FACTS = (
    attachments.c.attachment_id,
    attachments.c.blob_key,
    attachments.c.name,
    attachments.c.media_type,
    attachments.c.size,
    attachments.c.sha256,
)


def stage(session: Session, file: Attachment, staged_by: UUID | None, now: datetime) -> None:
    """Keep an uploaded file until an entry adopts it."""
    row = {**file.as_fact(), "staged_by": staged_by, "created_at": now}
    session.execute(insert(attachments).values(row))


def claim(
    session: Session, attachment_ids: Iterable[UUID], ticket_id: UUID, staged_by: UUID | None
) -> dict[UUID, Attachment]:
    """Give the files that this person staged to a ticket; others are left out of the answer."""
    statement = (
        update(attachments)
        .where(
            attachments.c.attachment_id.in_(list(attachment_ids)),
            attachments.c.ticket_id.is_(None),
            attachments.c.staged_by == staged_by,
        )
        .values(ticket_id=ticket_id)
        .returning(*_FACTS)
    )
    rows = session.execute(statement).mappings()
    return {row["attachment_id"]: Attachment(**row) for row in rows}


def attach_to_entry(session: Session, files: Sequence[Attachment], entry_id: UUID) -> None:
    """The entry that shows these files."""
    if files:
        ids = [file.attachment_id for file in files]
        session.execute(
            update(attachments)
            .where(attachments.c.attachment_id.in_(ids))
            .values(entry_id=entry_id)
        )


def drop_orphans(session: Session, staged_before: datetime, limit: int) -> list[str]:
    """Delete the rows of files that no entry adopted in time; returns their blob keys."""
    due = (
        select(attachments.c.attachment_id)
        .where(attachments.c.ticket_id.is_(None), attachments.c.created_at < staged_before)
        .order_by(attachments.c.created_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    statement = (
        delete(attachments)
        .where(attachments.c.attachment_id.in_(due))
        .returning(attachments.c.blob_key)
    )
    return list(session.scalars(statement))


def known_blobs(session: Session, keys: Sequence[str]) -> set[str]:
    """Those of the keys that some attachment refers to."""
    known = select(attachments.c.blob_key).where(attachments.c.blob_key.in_(keys))
    return set(session.scalars(known))
