"""The book of rules: its revision, which counts every change of policies, calendars and days."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

# Any constant: keeps these locks apart from others of this database.
_CUSTOMERS = 0x51A

_REVISION = text("SELECT revision FROM book")
_OPEN = text("SELECT revision FROM book FOR UPDATE")
_TURN = text("UPDATE book SET revision = revision + 1 RETURNING revision")
_IS_BEHIND = text("SELECT behind_until > now() FROM book")
# Never waits: one of several replicas that are behind is enough to say so.
_BEHIND = text(
    "UPDATE book SET behind_until = now() + make_interval(secs => :seconds) WHERE is_only IN ("
    "SELECT is_only FROM book WHERE behind_until < now() + make_interval(secs => :seconds / 2) "
    "FOR UPDATE SKIP LOCKED)"
)
_GUARD = text("SELECT pg_advisory_xact_lock(:lock, key) FROM unnest(CAST(:keys AS int[])) AS key")


def book_revision(session: Session) -> int:
    """The present revision."""
    return int(session.execute(_REVISION).scalar_one())


def open_book(session: Session) -> None:
    """Before any change of the book: changes come one after the other."""
    session.execute(_OPEN)


def turn_page(session: Session) -> int:
    """After a change: unfinished tickets will be computed anew."""
    return int(session.execute(_TURN).scalar_one())


def is_behind(session: Session) -> bool:
    """Whether events wait that happened long ago, so that nothing should be told as missed yet."""
    return bool(session.execute(_IS_BEHIND).scalar_one())


def fall_behind(session: Session, seconds: float) -> None:
    """Hold timers back for a while."""
    session.execute(_BEHIND, {"seconds": seconds})


def guard_customers(session: Session, customers: Collection[UUID]) -> None:
    """Have all that concerns a customer happen one after the other; before any row is locked."""
    keys = sorted({customer.int % 2**31 for customer in customers})
    if keys:
        session.execute(_GUARD, {"lock": _CUSTOMERS, "keys": keys})
