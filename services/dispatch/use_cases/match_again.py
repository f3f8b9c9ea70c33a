"""Matches what waits by rules that have changed since: a job, in batches."""

from datetime import datetime
from zoneinfo import ZoneInfo

from libs.common.database.unit_of_work import Database
from services.dispatch.storage.ticket_copies import lock_tickets
from services.dispatch.storage.waiting_rows import matched_by_older_rules
from services.dispatch.use_cases.settle_tickets import settle_tickets

_BATCH = 200


def match_again(database: Database, now: datetime, zone: ZoneInfo) -> bool:
    """One batch; whether there was any."""
    with database.begin() as uow:
        ids = matched_by_older_rules(uow.session, _BATCH)
        lock_tickets(uow.session, ids)
        settle_tickets(uow, ids, now, zone)
        uow.commit()
    return bool(ids)
