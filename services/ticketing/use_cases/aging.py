"""What time does to tickets: jobs that open and commit their own transactions, batch by batch."""

from datetime import datetime, timedelta

from libs.common.blobs import Blobs
from libs.common.database.unit_of_work import Database
from libs.common.ids import uuid7
from services.ticketing.domain.act import Act
from services.ticketing.domain.automatic import RULES
from services.ticketing.storage import aging
from services.ticketing.storage.ticket_finders import lock_by_ids
from services.ticketing.storage.ticket_settings import read_settings
from services.ticketing.use_cases.binning import purge
from services.ticketing.use_cases.collaborations import end_collaborations
from services.ticketing.use_cases.keeping import keep

_BATCH = 100


def close_solved(database: Database, now: datetime) -> bool:
    """What has stood solved for the days of the settings; whether there may be more."""
    with database.begin() as uow:
        settings = read_settings(uow.session)
        if settings.close_days is None:
            return False
        found = aging.to_close(
            uow.session,
            now - timedelta(days=settings.close_days),
            _BATCH,
            needs_confirmation=settings.needs_confirmation,
        )
        tickets = lock_by_ids(uow.session, found).values()
        for ticket in tickets:
            act = Act(RULES, now, uuid7)
            ticket.close_by_time(act)
            end_collaborations(uow, ticket, act)
        keep(uow, *tickets)
        uow.commit()
    return len(found) == _BATCH


def archive_closed(database: Database, now: datetime) -> bool:
    """The same for what has been closed long enough."""
    with database.begin() as uow:
        days = read_settings(uow.session).archive_days
        if days is None:
            return False
        found = aging.to_archive(uow.session, now - timedelta(days=days), _BATCH)
        tickets = lock_by_ids(uow.session, found).values()
        for ticket in tickets:
            ticket.archive(Act(RULES, now, uuid7))
        keep(uow, *tickets)
        uow.commit()
    return len(found) == _BATCH


def empty_bin(database: Database, blobs: Blobs, now: datetime) -> bool:
    """What has been in the bin long enough goes for good; whether there may be more.

    Rows first: a blob that a crash leaves behind is swept like any other that nobody knows.
    """
    keys: list[str] = []
    with database.begin() as uow:
        days = read_settings(uow.session).bin_days
        found = aging.to_purge(uow.session, now - timedelta(days=days), _BATCH)
        for ticket in lock_by_ids(uow.session, found).values():
            keys += purge(uow, ticket, Act(RULES, now, uuid7))
        uow.commit()
    for key in keys:
        blobs.delete(key)
    return len(found) == _BATCH
