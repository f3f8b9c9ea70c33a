"""Housekeeping: jobs that open and commit their own transactions."""

from datetime import datetime, timedelta

from sqlalchemy import select

from libs.common.blobs import Blobs
from libs.common.database.unit_of_work import Database
from services.intake.storage.tables import StoredBlobRow

_KEPT = timedelta(hours=48)
_DAYS = 30  # how far back a sweep looks
_BATCH = 500


def sweep_orphans(database: Database, blobs: Blobs, now: datetime) -> int:
    """Delete blobs of ours that nothing has referred to for 48 hours; returns how many.

    They come from crashes between blob and row, and from messages whose filing was repeated.
    """
    removed = blobs.sweep_unfinished(_KEPT)
    last = (now - _KEPT).date() - timedelta(days=1)  # the youngest day that is over for 48 hours
    for day in (last - timedelta(days=back) for back in range(_DAYS)):
        keys = list(blobs.list_day("intake", day))
        for start in range(0, len(keys), _BATCH):
            for key in _unknown(database, keys[start : start + _BATCH]):
                blobs.delete(key)
                removed += 1
    return removed


def _unknown(database: Database, keys: list[str]) -> list[str]:
    with database.begin(read_only=True) as uow:
        statement = select(StoredBlobRow.blob_key).where(StoredBlobRow.blob_key.in_(keys))
        known = set(uow.session.scalars(statement))
    return [key for key in keys if key not in known]
