"""Looks into the probe's tables, on connections of their own."""

from collections import Counter
from typing import Any

from sqlalchemy import text

from libs.common.contracts.envelope import Event, load_event
from libs.common.database.failures import body_context
from libs.common.database.unit_of_work import Database


def ask(database: Database, statement: str, **parameters: Any) -> list[Any]:
    """The rows of a query."""
    with database.engine.connect() as connection:
        return list(connection.execute(text(statement), parameters))


def tell(database: Database, statement: str, **parameters: Any) -> None:
    """Change something and commit."""
    with database.engine.begin() as connection:
        connection.execute(text(statement), parameters)


def heard(database: Database, like: str = "%") -> Counter[str]:
    """How often the probe's handlers heard each key."""
    rows = ask(database, "SELECT key FROM heard WHERE key LIKE :like", like=like)
    return Counter(row.key for row in rows)


def counted(database: Database, key: str) -> int:
    """The amount that commands have counted under a key."""
    rows = ask(database, "SELECT amount FROM counts WHERE key = :key", key=key)
    return rows[0].amount if rows else 0


def waiting(database: Database) -> list[Event]:
    """What stands in the outbox, in order."""
    rows = ask(database, "SELECT body FROM outbox ORDER BY outbox_id")
    return [load_event(row.body) for row in rows]


def failures(database: Database) -> list[Any]:
    """What the handlers could not do, oldest first."""
    return ask(database, "SELECT * FROM inbox_failures ORDER BY failure_id")


def opened_body(database: Database, row: Any) -> bytes:
    """What a failure keeps sealed."""
    assert row.body is None
    assert database.keys is not None
    return database.keys.decrypt(row.sealed_body, body_context(row.failure_id))
