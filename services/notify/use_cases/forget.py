"""Forget what is old, a little at a time, in any number of replicas."""

from datetime import datetime

from libs.common.database.partitions import drop_partitions
from libs.common.database.unit_of_work import Database
from services.notify.domain.retention import (
    CODES_KEPT,
    PROMISES_KEPT,
    READ_NOTICES_KEPT,
    months_before,
)
from services.notify.storage.codes import drop_codes, expire_codes
from services.notify.storage.notices import drop_read_notices
from services.notify.storage.promises import drop_promises

_STEP = 1_000  # rows a transaction


def forget_notices(database: Database, now: datetime, step: int = _STEP) -> bool:
    """Drop some notices that were read long ago; returns whether there may be more."""
    with database.begin() as uow:
        gone = drop_read_notices(uow.session, now - READ_NOTICES_KEPT, step)
        uow.commit()
    return gone == step


def forget_promises(database: Database, now: datetime, step: int = _STEP) -> bool:
    """Drop some promises that nothing has changed for long; returns whether there may be more."""
    with database.begin() as uow:
        gone = drop_promises(uow.session, now - PROMISES_KEPT, step)
        uow.commit()
    return gone == step


def forget_deliveries(database: Database, now: datetime, months: int) -> None:
    """Drop the months of deliveries before the last so many; their keys stay, without contents."""
    with database.begin() as uow:
        drop_partitions(uow.session.connection(), "deliveries", before=months_before(now, months))
        uow.commit()


def tidy_codes(database: Database, now: datetime, step: int = _STEP) -> bool:
    """Expire codes that nobody could send, drop old ones; returns whether there may be more."""
    with database.begin() as uow:
        expire_codes(uow.session, now)
        gone = drop_codes(uow.session, now - CODES_KEPT, step)
        uow.commit()
    return gone == step
