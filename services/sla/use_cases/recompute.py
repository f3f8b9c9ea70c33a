"""After an edit of policies or calendars: the clocks of unfinished tickets, batch by batch."""

from datetime import tzinfo

from libs.common.clock import utc_now
from libs.common.crash_points import crash_point
from libs.common.database.unit_of_work import Database
from services.sla.storage.book import book_revision
from services.sla.storage.ticket_copies import lock_stale
from services.sla.use_cases.settle import settle_tickets

_BATCH = 100


def recompute_tickets(database: Database, zone: tzinfo) -> bool:
    """One batch in one transaction; whether there was any.

    Each ticket remembers the book it was computed by, so any replica goes on where one has ended.
    What has been told of a clock stays told.
    """
    with database.begin() as uow:
        copies = lock_stale(uow.session, book_revision(uow.session), _BATCH)
        if copies:
            settle_tickets(uow, copies, zone, utc_now())
            crash_point("after_recompute_before_commit")
            uow.commit()
    return bool(copies)
