"""What is the database's trouble, and what is the statement's own mistake."""

import psycopg2
import pytest
from sqlalchemy import exc

from libs.common.database.trouble import is_database_trouble, is_deadlock


def failed(code: str | None, kind: type[exc.DBAPIError] = exc.OperationalError) -> exc.DBAPIError:
    driver_error = type("DriverError", (psycopg2.Error,), {"pgcode": code})
    return kind("SELECT 1", {}, driver_error("as the driver said it"))


@pytest.mark.parametrize(
    "code",
    [
        "08006",  # connection failure
        "53300",  # too many connections
        "55P03",  # lock not available
        "57014",  # cancelled by a time-out
        "57P01",  # shutdown
        "25P03",  # idle in a transaction for too long
        "25006",  # read-only after a switch-over
        "40001",  # serialization
        "40P01",  # deadlock
    ],
)
def test_the_database_s_own_trouble_is_known_by_its_code(code: str) -> None:
    for kind in (exc.OperationalError, exc.InternalError, exc.DBAPIError):
        assert is_database_trouble(failed(code, kind))


@pytest.mark.parametrize("code", ["23505", "22P02", "42601", "42P01", "54000", "22003"])
def test_a_statement_s_mistake_is_not_the_database_s_trouble(code: str) -> None:
    for kind in (exc.IntegrityError, exc.DataError, exc.ProgrammingError, exc.OperationalError):
        assert not is_database_trouble(failed(code, kind))


def test_a_broken_connection_has_no_code() -> None:
    assert is_database_trouble(failed(None, exc.OperationalError))
    assert is_database_trouble(failed(None, exc.InterfaceError))
    assert is_database_trouble(psycopg2.OperationalError("server closed the connection"))
    assert not is_database_trouble(failed(None, exc.DataError))


def test_an_invalidated_connection_is_trouble_whatever_the_code() -> None:
    error = failed("XX000", exc.InternalError)
    assert not is_database_trouble(error)
    error.connection_invalidated = True
    assert is_database_trouble(error)


def test_an_exhausted_pool_is_trouble() -> None:
    assert is_database_trouble(exc.TimeoutError("QueuePool limit"))


@pytest.mark.parametrize(
    "error", [ValueError("x"), KeyError("x"), TimeoutError("x"), OSError("x"), RuntimeError("x")]
)
def test_any_other_error_is_not(error: Exception) -> None:
    assert not is_database_trouble(error)
    assert not is_deadlock(error)


def test_only_a_lost_race_is_worth_an_immediate_repeat() -> None:
    assert is_deadlock(failed("40P01"))
    assert is_deadlock(failed("40001"))
    assert not is_deadlock(failed("55P03"))
    assert not is_deadlock(failed(None))
