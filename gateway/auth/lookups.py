"""The one query that every request makes, kept as short as it can be.

Beside SQLAlchemy's statements, which cost four times as much: in autocommit it is one round trip.
"""

from contextlib import closing
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg2 import InterfaceError, OperationalError
from sqlalchemy import URL, Engine, event

from libs.common.database.engine import open_engine

_FIND = """
SELECT s.session_id, s.kind, s.last_used_at, s.expires_at,
       p.person_id, p.login, p.name, p.role, p.language
FROM sessions s JOIN people p ON p.person_id = s.person_id
WHERE s.token_hash = %s AND s.revoked_at IS NULL AND p.is_active
"""
_TOUCH = "UPDATE sessions SET last_used_at = %s WHERE session_id = %s AND last_used_at < %s"


class Lookups:
    """A pool of its own, whose connections are in autocommit from their beginning."""

    def __init__(self, url: URL, pool_size: int) -> None:
        address = url.render_as_string(hide_password=False)
        self._engine = open_engine(address, application="tidedesk-gateway", pool_size=pool_size)
        event.listen(self._engine, "connect", _set_autocommit)

    def find_session(self, token_hash: bytes) -> tuple[Any, ...] | None:
        """The session that is not revoked and its person, if active, in the order of Caller."""
        rows = self._run(_FIND, (token_hash,))
        return rows[0] if rows else None

    def note_use(self, session_id: UUID, now: datetime, noted_before: datetime) -> None:
        """Write when the session was used, unless another request has done so since."""
        self._run(_TOUCH, (now, session_id, noted_before))

    def close(self) -> None:
        """Close the pooled connections."""
        self._engine.dispose()

    def _run(self, statement: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        try:
            return _execute(self._engine, statement, values)
        except (OperationalError, InterfaceError):
            # After the server's restart every pooled connection is dead: begin with new ones.
            self._engine.dispose()
        return _execute(self._engine, statement, values)


def _execute(engine: Engine, statement: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    connection = engine.raw_connection()
    try:
        with closing(connection.cursor()) as cursor:
            cursor.execute(statement, values)
            return list(cursor.fetchall()) if cursor.description else []
    except (OperationalError, InterfaceError):
        connection.invalidate()
        raise
    finally:
        connection.close()


def _set_autocommit(connection: Any, _record: Any) -> None:
    connection.autocommit = True
