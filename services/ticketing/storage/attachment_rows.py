"""Attachments: staged by an upload, adopted by the entry that shows them, swept if never."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select, union_all, update
from sqlalchemy.orm import Session

from libs.common.ids import uuid7
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
_SCAN = (attachments.c.scan_state, attachments.c.threat)


def stage(
    session: Session,
    file: Attachment,
    staged_by: UUID | None,
    now: datetime,
    scan_state: str | None = None,
) -> None:
    """Keep an uploaded file until an entry adopts it."""
    row = {
        **file.as_fact(),
        "staged_by": staged_by,
        "created_at": now,
        "scan_state": scan_state,
    }
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


def of_ticket(
    session: Session, attachment_ids: Iterable[UUID], ticket_id: UUID
) -> dict[UUID, Attachment]:
    """Those of the files that are this ticket's, by id."""
    statement = select(*_FACTS).where(
        attachments.c.attachment_id.in_(list(attachment_ids)),
        attachments.c.ticket_id == ticket_id,
    )
    rows = session.execute(statement).mappings()
    return {row["attachment_id"]: Attachment(**row) for row in rows}


def media_types_of(session: Session, ticket_ids: Iterable[UUID]) -> dict[UUID, tuple[str, ...]]:
    """The types of the files that tickets have, by ticket."""
    statement = select(attachments.c.ticket_id, attachments.c.media_type).where(
        attachments.c.ticket_id.in_(list(ticket_ids))
    )
    found: dict[UUID, tuple[str, ...]] = {}
    for row in session.execute(statement):
        found[row.ticket_id] = (*found.get(row.ticket_id, ()), row.media_type)
    return found


def attach_to_entry(session: Session, files: Sequence[Attachment], entry_id: UUID) -> None:
    """The entry that shows these files."""
    if files:
        ids = [file.attachment_id for file in files]
        session.execute(
            update(attachments)
            .where(attachments.c.attachment_id.in_(ids))
            .values(entry_id=entry_id)
        )


def copy_attachments(
    session: Session,
    entry_ids: Sequence[UUID],
    original_id: UUID,
    ticket_id: UUID,
    now: datetime,
) -> tuple[Attachment, ...]:
    """The files that these entries of the original show, once more for another ticket.

    The bytes are shared: nothing deletes a blob while some attachment refers to it.
    """
    if not entry_ids:
        return ()
    shown = select(attachments).where(
        attachments.c.ticket_id == original_id, attachments.c.entry_id.in_(entry_ids)
    )
    found = session.execute(shown.order_by(attachments.c.created_at, attachments.c.attachment_id))
    # What a scanner has found goes along; thumbnails are made anew.
    rows = [
        {column.name: row[column.name] for column in (*_FACTS, *_SCAN)}
        | {"attachment_id": uuid7(), "ticket_id": ticket_id, "staged_by": None, "created_at": now}
        for row in found.mappings()
    ]
    if rows:
        session.execute(insert(attachments), rows)
    return tuple(Attachment(**{column.name: row[column.name] for column in _FACTS}) for row in rows)


def drop_orphans(session: Session, staged_before: datetime, limit: int) -> list[str]:
    """Delete the rows of files that no entry adopted in time; returns the keys of their blobs."""
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
        .returning(attachments.c.blob_key, attachments.c.thumbnail_key)
    )
    return [key for row in session.execute(statement) for key in row if key]


def known_blobs(session: Session, keys: Sequence[str]) -> set[str]:
    """Those of the keys that some attachment refers to, as its content or its thumbnail."""
    columns = (attachments.c.blob_key, attachments.c.thumbnail_key)
    known = union_all(*(select(column).where(column.in_(keys)) for column in columns))
    return set(session.scalars(known))
