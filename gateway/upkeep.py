"""Housekeeping of the gateway's own tables: jobs that open and commit their own transactions."""

from datetime import datetime, timedelta

from sqlalchemy import text

from gateway.live import presence
from gateway.live import storage as live
from libs.common.database.unit_of_work import Database

_COUNTED_FOR = timedelta(minutes=5)


def forget_counters(database: Database, now: datetime) -> None:
    """Drop the counters of rate limits whose minute is over."""
    with database.begin() as uow:
        old = text("DELETE FROM rate_counters WHERE window_at < :before")
        uow.session.execute(old, {"before": now - _COUNTED_FOR})
        uow.commit()


def forget_updates(database: Database, now: datetime) -> None:
    """Drop live updates that are too old to go on from."""
    with database.begin() as uow:
        live.forget_updates(uow.session.connection(), now)
        presence.forget_absent(uow.session.connection(), now)
        uow.commit()
