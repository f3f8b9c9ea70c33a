"""Keeps search up to what tickets say: jobs with transactions of their own, by any replica."""

import logging
import time
from datetime import datetime

from libs.common.crash_points import crash_point
from libs.common.database.trouble import is_database_trouble
from libs.common.database.unit_of_work import Database
from libs.common.text import segmenter_of
from services.ticketing.storage.search_due import (
    STUCK,
    feed_run,
    note_due,
    start_run,
    take_due,
    waiting,
)
from services.ticketing.storage.ticket_words import guard_cutting, put_words

BATCH = 100
_FEED = 5_000

_log = logging.getLogger(__name__)


def index_some(database: Database, most: int = BATCH) -> int:
    """One batch of what has changed; how many tickets. One that cannot be cut keeps none back."""
    try:
        return _index(database, most)
    except Exception as error:
        if is_database_trouble(error):
            raise
        if most > 1:
            return max(index_some(database, most // 2), 1)
        _log.exception("the words of a ticket cannot be cut")
        return _set_aside(database)


def continue_run(database: Database, now: datetime, *, is_wanted: bool = False) -> bool:
    """Cut all tickets anew, where that is due or wanted; whether there is more to note."""
    with database.begin(timeout=60) as uow:
        start_run(uow.session, segmenter_of(()).edition, now, is_wanted=is_wanted)
        noted = feed_run(uow.session, now, _FEED)
        crash_point("after_feeding_before_commit")
        uow.commit()
    return noted == _FEED


def search_lag(database: Database) -> tuple[int, float]:
    """How many changed tickets search does not know yet, and for how many seconds."""
    with database.begin(read_only=True) as uow:
        return waiting(uow.session)


def _index(database: Database, most: int) -> int:
    segmenter = segmenter_of(())
    with database.begin(timeout=60) as uow:
        ids = take_due(uow.session, most)
        if ids:
            guard_cutting(uow.session, ids)
            # A green process answers its probes between batches.
            time.sleep(0)
            put_words(uow.session, ids, segmenter)
            crash_point("after_indexing_before_commit")
            uow.commit()
    return len(ids)


def _set_aside(database: Database) -> int:
    with database.begin() as uow:
        ids = take_due(uow.session, 1)
        note_due(uow.session, ids, STUCK)
        uow.commit()
    return len(ids)
