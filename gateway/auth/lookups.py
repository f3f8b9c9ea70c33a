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

# Who asks, and how often in this window: one statement, so one way to the server and back.
_COUNTED = """
WITH who AS ({find}), counted AS (
    INSERT INTO rate_counters AS c (key, window_at, hits) SELECT {key}, %s, 1 FROM who
    ON CONFLICT (key, window_at) DO UPDATE SET hits = c.hits + 1 RETURNING c.hits
)
SELECT who.*, counted.hits FROM who, counted
"""
_FIND = """
SELECT s.session_id, s.kind, s.last_used_at, s.expires_at, p.person_id, p.login, p.name,
       p.language, p.must_change_password, s.method, s.has_second_factor,
       coalesce(p.password_changed_at, p.created_at), p.role, r.role_id || ':' || r.version,
       d.version
FROM sessions s JOIN people p ON p.person_id = s.person_id JOIN roles r ON r.key = p.role,
     directory_state d
WHERE s.token_hash = %s AND s.revoked_at IS NULL AND p.is_active
"""
_FIND_COUNTED = _COUNTED.format(find=_FIND, key="'person:' || who.person_id")
_KEY = """
SELECT k.api_key_id, k.last_used_at, k.expires_at, k.name, k.permissions,
       k.allowed_networks::text[], k.rate_per_minute, k.role, r.role_id || ':' || r.version
FROM api_keys k JOIN roles r ON r.key = k.role
WHERE k.token_hash = %s AND k.revoked_at IS NULL
"""
_KEY_COUNTED = _COUNTED.format(find=_KEY, key="'key:' || who.api_key_id")
_PORTAL = """
SELECT s.portal_session_id, s.kind, s.last_used_at, s.expires_at, s.customer_id, s.contact_id,
       s.name, s.language, r.role_id || ':' || r.version
FROM portal_sessions s, roles r
WHERE s.token_hash = %s AND s.revoked_at IS NULL AND r.key = 'customer'
"""
_PORTAL_COUNTED = _COUNTED.format(find=_PORTAL, key="'customer:' || who.customer_id")
_COUNT = """
INSERT INTO rate_counters AS c (key, window_at, hits) VALUES (%s, %s, 1)
ON CONFLICT (key, window_at) DO UPDATE SET hits = c.hits + 1 RETURNING c.hits
"""
_TOUCH_KEY = """
UPDATE api_keys SET last_used_at = %s, last_used_from = %s
WHERE api_key_id = %s AND (last_used_at IS NULL OR last_used_at < %s)
"""
_TOUCH_PORTAL = """
UPDATE portal_sessions SET last_used_at = %s WHERE portal_session_id = %s AND last_used_at < %s
"""
_TOUCH = "UPDATE sessions SET last_used_at = %s WHERE session_id = %s AND last_used_at < %s"


class Lookups:
    """A pool of its own, whose connections are in autocommit from their beginning."""

    def __init__(self, url: URL, pool_size: int) -> None:
        address = url.render_as_string(hide_password=False)
        self._engine = open_engine(address, application="tidedesk-gateway", pool_size=pool_size)
        event.listen(self._engine, "connect", _set_autocommit)

    def find_session(self, token_hash: bytes, window_at: datetime) -> tuple[Any, ...] | None:
        """The session that is not revoked, its person, if active, and the versions of rights.

        Ends with the person's requests in the window, this one included.
        """
        rows = self.run(_FIND_COUNTED, (token_hash, window_at))
        return rows[0] if rows else None

    def find_api_key(self, token_hash: bytes, window_at: datetime) -> tuple[Any, ...] | None:
        """The key that is not revoked, its role's version, and its requests in the window."""
        rows = self.run(_KEY_COUNTED, (token_hash, window_at))
        return rows[0] if rows else None

    def find_portal_session(self, token_hash: bytes, window_at: datetime) -> tuple[Any, ...] | None:
        """The customer's session that is not revoked, and their requests in the window."""
        rows = self.run(_PORTAL_COUNTED, (token_hash, window_at))
        return rows[0] if rows else None

    def note_portal_use(self, session_id: UUID, now: datetime, noted_before: datetime) -> None:
        """Write when the session was used, unless another request has done so since."""
        self.run(_TOUCH_PORTAL, (now, session_id, noted_before))

    def count(self, key: str, window_at: datetime) -> int:
        """Count a request under a key; returns how many there were in the window."""
        hits: int = self.run(_COUNT, (key, window_at))[0][0]
        return hits

    def note_key_use(
        self, api_key_id: UUID, now: datetime, address: str, noted_before: datetime
    ) -> None:
        """Write when and from where the key was used, unless another request has done so since."""
        self.run(_TOUCH_KEY, (now, address, api_key_id, noted_before))

    def note_use(self, session_id: UUID, now: datetime, noted_before: datetime) -> None:
        """Write when the session was used, unless another request has done so since."""
        self.run(_TOUCH, (now, session_id, noted_before))

    def close(self) -> None:
        """Close the pooled connections."""
        self._engine.dispose()

    def run(self, statement: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        """One statement in a transaction of its own; it may be done twice after a lost answer."""
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
