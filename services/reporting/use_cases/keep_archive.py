"""How long events are kept; the facts and figures made of them stay for good."""

from datetime import datetime

from libs.common.database.unit_of_work import Database
from services.reporting.domain.periods import shift
from services.reporting.storage.archive import drop_archive


def keep_archive(database: Database, months: int, now: datetime) -> list[str]:
    """Drop what is older than so many whole months; 0 keeps everything."""
    if not months:
        return []
    first = shift(now.date().replace(day=1), -months)
    before = now.replace(year=first.year, month=first.month, day=1)
    with database.begin() as uow:
        dropped = drop_archive(uow.session.connection(), before=before)
        uow.commit()
    return dropped
