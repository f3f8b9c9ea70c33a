"""Files that are still to be looked at, one at a time: by the virus scanner, by the painter."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text, update
from sqlalchemy.orm import Session

from services.ticketing.storage.tables import attachments

# As the indexes have them. The newest first: somebody waits for these.
_UNSCANNED = text(
    "SELECT attachment_id, blob_key, name FROM attachments "
    "WHERE scan_state IS NULL ORDER BY created_at DESC LIMIT 1 FOR UPDATE SKIP LOCKED"
)
_UNPICTURED = (
    "SELECT attachment_id, blob_key, size FROM attachments "
    "WHERE thumbnail_state IS NULL AND created_at > :since "
    "AND media_type IN ('image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/bmp') "
    "{clean}ORDER BY created_at DESC LIMIT 1 FOR UPDATE SKIP LOCKED"
)
_UNPICTURED_CLEAN = text(_UNPICTURED.format(clean="AND scan_state = 'clean' "))
_UNPICTURED_ANY = text(_UNPICTURED.format(clean="AND scan_state IS DISTINCT FROM 'harmful' "))


def take_unscanned(session: Session) -> Row[Any] | None:
    """A file that nobody else is looking at, locked until the transaction ends."""
    return session.execute(_UNSCANNED).first()


def take_unpictured(session: Session, since: datetime, *, only_clean: bool) -> Row[Any] | None:
    """A picture without a thumbnail, not older than `since`, locked until the transaction ends."""
    statement = _UNPICTURED_CLEAN if only_clean else _UNPICTURED_ANY
    return session.execute(statement, {"since": since}).first()


def keep_verdict(session: Session, attachment_id: UUID, state: str, threat: str | None) -> None:
    """What the scanner has said."""
    _change(session, attachment_id, scan_state=state, threat=threat)


def keep_thumbnail(session: Session, attachment_id: UUID, key: str, size: int) -> None:
    """Where the small picture is; `size` in bytes."""
    _change(session, attachment_id, thumbnail_state="made", thumbnail_key=key, thumbnail_bytes=size)


def keep_no_thumbnail(session: Session, attachment_id: UUID) -> None:
    """There is none to be made of it."""
    _change(session, attachment_id, thumbnail_state="none")


def looks_of(session: Session, attachment_ids: Iterable[UUID]) -> dict[UUID, Any]:
    """scan_state and thumbnail_state by id."""
    statement = select(
        attachments.c.attachment_id, attachments.c.scan_state, attachments.c.thumbnail_state
    ).where(attachments.c.attachment_id.in_(list(attachment_ids)))
    return {row.attachment_id: row for row in session.execute(statement)}


def _change(session: Session, attachment_id: UUID, **values: Any) -> None:
    session.execute(
        update(attachments).where(attachments.c.attachment_id == attachment_id).values(values)
    )
