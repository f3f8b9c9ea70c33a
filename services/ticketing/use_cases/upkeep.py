"""Housekeeping: jobs that open and commit their own transactions."""

from datetime import datetime, timedelta
from typing import Protocol

from libs.common.database.partitions import ensure_partitions
from libs.common.database.unit_of_work import Database
from services.ticketing.storage.attachment_rows import drop_orphans

_KEPT = timedelta(hours=48)
_BATCH = 100


class BlobRemoval(Protocol):
    """What the sweep needs of a blob store."""

    def delete(self, key: str) -> None:
        """Remove it; a blob that is gone already is no error."""


def sweep_orphans(database: Database, blobs: BlobRemoval, now: datetime) -> bool:
    """Drop staged files that no entry has adopted in 48 hours; whether there may be more.

    Rows first: from then on nobody can attach the file, so its blob may go.
    """
    with database.begin() as uow:
        keys = drop_orphans(uow.session, now - _KEPT, _BATCH)
        uow.commit()
    for key in keys:
        blobs.delete(key)
    return len(keys) == _BATCH


def prepare_partitions(database: Database) -> None:
    """Make the partitions of this and the next months where they are missing."""
    for table in ("timeline_entries", "inbox"):
        with database.begin() as uow:
            ensure_partitions(uow.session.connection(), table)
            uow.commit()
