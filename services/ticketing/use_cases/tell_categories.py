"""Tells others what categories are called and where they lie, once for each version."""

from datetime import datetime

from libs.common.contracts.ticketing import CategoryChanged
from libs.common.database.unit_of_work import Database
from services.ticketing.storage.category_rows import take_untold

_BATCH = 100


def tell_categories(database: Database, now: datetime) -> bool:
    """Some of those that nobody has been told of as they are now; whether there were any."""
    with database.begin() as uow:
        rows = take_untold(uow.session, _BATCH)
        for row in rows:
            data = {**row._mapping, "occurred_at": now}
            uow.emit(CategoryChanged, subject=str(row.category_id), data=data, time=now)
        uow.commit()
    return bool(rows)
