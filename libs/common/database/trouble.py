"""Tells the database's trouble (retry later, nobody's fault) from a statement's own mistake."""

from psycopg2 import InterfaceError, OperationalError
from sqlalchemy import exc

_DEADLOCK = {"40001", "40P01"}
# 53: resources; 55P03: lock not available; 57: cancelled, shutdown; 25P03: idle too long;
# 25006: read-only after a switch-over; 08: connection.
_TROUBLE = ("08", "53", "55P03", "57", "25P03", "25006")


def _code(error: BaseException) -> str | None:
    return getattr(getattr(error, "orig", None), "pgcode", None)


def is_deadlock(error: BaseException) -> bool:
    """The transaction lost a race with another; repeating it is the cure."""
    return isinstance(error, exc.DBAPIError) and _code(error) in _DEADLOCK


def is_database_trouble(error: BaseException) -> bool:
    """The database is away, overloaded or too slow; the same work may succeed later."""
    if isinstance(error, exc.TimeoutError | InterfaceError | OperationalError):
        return True
    if not isinstance(error, exc.DBAPIError):
        return False
    code = _code(error)
    if error.connection_invalidated or code in _DEADLOCK:
        return True
    if code is None:
        return isinstance(error, exc.OperationalError | exc.InterfaceError)
    return code.startswith(_TROUBLE)
