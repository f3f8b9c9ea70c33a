"""Housekeeping: jobs that open and commit their own transactions."""

from datetime import datetime

from sqlalchemy import select

from libs.common.blobs import Blobs
from libs.common.blobs.sweep import sweep_unknown
from libs.common.database.unit_of_work import Database
from services.intake.storage.tables import StoredBlobRow


def sweep_orphans(database: Database, blobs: Blobs, now: datetime) -> int:
    """Delete blobs of ours that nothing has referred to for 48 hours; returns how many.

    They come from crashes between blob and row, and from messages whose filing was repeated.
    """

    def known(keys: list[str]) -> set[str]:
        with database.begin(read_only=True) as uow:
            statement = select(StoredBlobRow.blob_key).where(StoredBlobRow.blob_key.in_(keys))
            return set(uow.session.scalars(statement))

    return sweep_unknown(blobs, "intake", now, known)
