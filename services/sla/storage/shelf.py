"""The book as the domain reads it, kept in the process as long as its revision holds."""

from collections import defaultdict
from datetime import date
from uuid import UUID
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, RowMapping
from sqlalchemy.orm import Session

from libs.common.calendars import Calendar, Period, parse_periods, parse_weekly
from services.sla.domain.book import PolicyBook
from services.sla.domain.parsing import parse_policy
from services.sla.domain.policies import Policy
from services.sla.storage.book import book_revision
from services.sla.storage.calendar_rows import all_days, every_calendar
from services.sla.storage.policy_rows import revisions_held

# A clock that ended longer ago is not judged anew by what held then.
_REMEMBERED = 400  # days

_shelves: WeakKeyDictionary[Engine, tuple[int, PolicyBook]] = WeakKeyDictionary()


def find_book(session: Session) -> tuple[int, PolicyBook]:
    """The book and its revision: one statement while nothing has been edited, four otherwise.

    The revision is read first: an edit that comes in between makes the book newer than its
    revision says, and then it is read again, never the other way round.
    """
    revision, engine = book_revision(session), session.connection().engine
    kept = _shelves.get(engine)
    if kept is None or kept[0] != revision:
        kept = _shelves[engine] = (revision, read_book(session))
    return kept


def read_book(session: Session) -> PolicyBook:
    """The book as this transaction sees it."""
    policies = [policy_of(row) for row in revisions_held(session, _REMEMBERED)]
    return PolicyBook(policies, _calendars(session))


def policy_of(row: RowMapping) -> Policy:
    """A revision that was accepted once; ids that are gone since do not matter."""
    return parse_policy(
        {name: row["policy"][name] for name in _EDITED},
        policy_id=row["policy_id"],
        revision=row["revision"],
        position=row["position"],
        since=row["since"],
        until=row["until"],
    )


_EDITED = ("name", "is_active", "condition", "calendar_id", "pause_statuses", "targets", "steps")


def _calendars(session: Session) -> dict[UUID, Calendar]:
    days: dict[UUID, dict[date, tuple[Period, ...]]] = defaultdict(dict)
    for row in all_days(session):
        days[row["calendar_id"]][row["date"]] = parse_periods(row["periods"])
    return {
        row["calendar_id"]: Calendar(
            ZoneInfo(row["zone"]), parse_weekly(row["weekly"]), days[row["calendar_id"]]
        )
        for row in every_calendar(session)
    }
