"""Housekeeping: jobs that open and commit their own transactions."""

from datetime import datetime, timedelta

from libs.common.blobs import Blobs
from libs.common.database.unit_of_work import Database
from services.ticketing.storage.attachment_rows import drop_orphans, known_blobs
from services.ticketing.use_cases.attachments import BLOB_OWNER

_KEPT = timedelta(hours=48)
_BATCH = 100
_DAYS = 30  # how far back the sweep of blobs looks


def sweep_orphans(database: Database, blobs: Blobs, now: datetime) -> bool:
    """Drop staged files that no entry has adopted in 48 hours; whether there may be more.

    Rows first: from then on nobody can attach the file, so its blob may go.
    """
    with database.begin() as uow:
        keys = drop_orphans(uow.session, now - _KEPT, _BATCH)
        uow.commit()
    for key in keys:
        blobs.delete(key)
    return len(keys) == _BATCH


def sweep_blobs(database: Database, blobs: Blobs, now: datetime) -> int:
    """Delete blobs of ours without a row, left by a crash between the two; returns how many."""
    removed = 0
    last = (now - _KEPT).date() - timedelta(days=1)  # the youngest day that is over for 48 hours
    for day in (last - timedelta(days=back) for back in range(_DAYS)):
        keys = list(blobs.list_day(BLOB_OWNER, day))
        for start in range(0, len(keys), _BATCH):
            some = keys[start : start + _BATCH]
            with database.begin(read_only=True) as uow:
                strays = set(some) - known_blobs(uow.session, some)
            for key in strays:
                blobs.delete(key)
            removed += len(strays)
    return removed
