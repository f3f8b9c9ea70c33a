"""Housekeeping: jobs that open and commit their own transactions."""

from datetime import datetime

from libs.common.blobs import Blobs
from libs.common.blobs.sweep import KEPT, sweep_unknown
from libs.common.database.unit_of_work import Database
from services.ticketing.storage.attachment_rows import drop_orphans, known_blobs
from services.ticketing.use_cases.attachments import BLOB_OWNER

_BATCH = 100


def sweep_orphans(database: Database, blobs: Blobs, now: datetime) -> bool:
    """Drop staged files that no entry has adopted in 48 hours; whether there may be more.

    Rows first: from then on nobody can attach the file, so its blob may go.
    """
    with database.begin() as uow:
        keys = drop_orphans(uow.session, now - KEPT, _BATCH)
        uow.commit()
    for key in keys:
        blobs.delete(key)
    return len(keys) >= _BATCH


def sweep_blobs(database: Database, blobs: Blobs, now: datetime) -> int:
    """Delete blobs of ours without a row, left by a crash between the two; returns how many."""

    def known(keys: list[str]) -> set[str]:
        with database.begin(read_only=True) as uow:
            return known_blobs(uow.session, keys)

    return sweep_unknown(blobs, BLOB_OWNER, now, known)
