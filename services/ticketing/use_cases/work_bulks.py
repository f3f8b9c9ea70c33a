"""Does what was ordered for many tickets: one transaction a ticket, by any number of replicas.

What becomes of a ticket is written with its change. So whoever dies leaves it waiting for the next
one, and nobody does it twice.
"""

import logging
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping

from libs.common.crash_points import crash_point
from libs.common.database.trouble import is_database_trouble
from libs.common.database.unit_of_work import Database, UnitOfWork
from libs.common.errors import DeskError
from libs.common.ids import uuid7
from services.ticketing.domain import bulks
from services.ticketing.domain.act import Act
from services.ticketing.domain.bulks import Outcome
from services.ticketing.storage import bulk_rows
from services.ticketing.use_cases.finding import find_ticket
from services.ticketing.use_cases.keeping import keep
from services.ticketing.use_cases.macros import Work, read_steps, take_steps
from services.ticketing.use_cases.problems import link_ticket

_log = logging.getLogger(__name__)

_BATCH = 20  # tickets, after which somebody who has stopped is noticed


def work_bulks(database: Database, zone: ZoneInfo, now: datetime, most: int = _BATCH) -> bool:
    """The next tickets of whatever is ordered; whether there may be more."""
    done = 0
    while done < most and _work_one(database, zone, now):
        done += 1
    if done:
        with database.begin() as uow:
            bulk_rows.finish_bulks(uow.session, now)
            uow.commit()
    return done == most


def tidy_bulks(database: Database, now: datetime) -> None:
    """End what two workers left to one another; forget what is long over."""
    with database.begin() as uow:
        bulk_rows.finish_bulks(uow.session, now)
        bulk_rows.forget_bulks(uow.session, now - bulks.KEPT)
        uow.commit()


def _work_one(database: Database, zone: ZoneInfo, now: datetime) -> bool:
    with database.begin() as uow:
        item = bulk_rows.take_item(uow.session)
        if item is None:
            return False
        outcome = _outcome(uow, item, zone, now)
        bulk_rows.settle_item(uow.session, item["bulk_id"], item["position"], outcome, now)
        crash_point("amid_bulk")
        uow.commit()
    return True


def _outcome(uow: UnitOfWork, item: RowMapping, zone: ZoneInfo, now: datetime) -> Outcome:
    """Undone as a whole where any of it is refused."""
    try:
        with uow.savepoint():
            return _change(uow, item, zone, now)
    except DeskError as refusal:
        return Outcome(bulks.REFUSED, refusal.code, refusal.message)
    except Exception as error:
        if is_database_trouble(error):
            raise
        # One ticket must not hold up the others for ever.
        _log.exception("ticket %s of bulk work %s failed", item["number"], item["bulk_id"])
        return Outcome.known(bulks.REFUSED, bulks.FAILED)


def _change(uow: UnitOfWork, item: RowMapping, zone: ZoneInfo, now: datetime) -> Outcome:
    wanted = bulk_rows.wanted_of(uow.session, item)
    ticket = find_ticket(uow, wanted.actor, item["number"])
    ticket.check_version(item["version"])
    act = Act(wanted.actor, now, uuid7)
    if wanted.problem is not None:
        if not link_ticket(uow, ticket, wanted.problem, act):
            return Outcome.known(bulks.SKIPPED, bulks.UNCHANGED)
    else:
        work = Work(read_steps(wanted.actions), wanted.reason, wanted.language, zone)
        take_steps(uow.session, ticket, work, act)
    is_changed = bool(ticket.facts)
    keep(uow, ticket)
    return Outcome(bulks.DONE) if is_changed else Outcome.known(bulks.SKIPPED, bulks.UNCHANGED)
