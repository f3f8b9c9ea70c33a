"""Events whose handler failed: kept with the error, retried with growing delay, then parked.

Their bodies hold what customers wrote: whoever has a key ring keeps them sealed.
"""

import traceback
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Connection, text

from libs.common.crypto.key_ring import KeyRing, Undecryptable, field_context
from libs.common.errors import NotFound
from libs.common.logs import redact

MAX_ATTEMPTS = 10

# The id is drawn before the insert, because the sealed body is bound to it.
_DRAW_ID = text("SELECT nextval(pg_get_serial_sequence('inbox_failures', 'failure_id'))")
_COLUMNS = (
    "INSERT INTO inbox_failures (failure_id, event_id, type, subject, body, sealed_body, "
    "  body_hash, error, next_at, parked_at) OVERRIDING SYSTEM VALUE "
    "SELECT :id, CAST(:event_id AS uuid), :type, :subject, CAST(:body AS bytea), "
    "  CAST(:sealed AS bytea), CAST(:body_hash AS bytea), :error, "
    "  CASE WHEN :park THEN NULL ELSE now() + interval '1 second' END, "
    "  CASE WHEN :park THEN now() END "
)
_KEEP = text(_COLUMNS + "ON CONFLICT (event_id) DO NOTHING")
_KEEP_UNREADABLE = text(
    _COLUMNS + "WHERE NOT EXISTS (SELECT 1 FROM inbox_failures "
    "  WHERE event_id IS NULL AND (body = :came OR body_hash = ANY(:hashes)))"
)


@dataclass(frozen=True)
class Failure:
    """An event that could not be handled so far; `is_unreadable`: nor read, when it came."""

    failure_id: int
    plain_body: bytes | None
    sealed_body: bytes | None
    attempts: int
    is_unreadable: bool

    def body(self, ring: KeyRing | None) -> bytes:
        """The event as it came; raises Undecryptable."""
        if self.sealed_body is None:
            return bytes(self.plain_body or b"")
        if ring is None:
            raise Undecryptable("a sealed event, and no keys")
        return ring.decrypt(self.sealed_body, body_context(self.failure_id))


def describe(error: BaseException) -> str:
    """Class, message and the last frames: enough to find the fault, without anybody's address."""
    frames = traceback.format_tb(error.__traceback__)[-3:]
    words = f"{type(error).__name__}: {str(error)[:500]}\n{''.join(frames)}"[:4000]
    # What a column cannot hold must not be what keeps the failure from being kept.
    return redact(words).encode(errors="backslashreplace").decode().replace("\0", "\\0")


def keep_failure(
    connection: Connection,
    body: bytes,
    error: BaseException,
    *,
    event_id: UUID,
    type: str,
    subject: str,
    park: bool = False,
    ring: KeyRing | None = None,
) -> None:
    """Store the event with its error; `park` where repeating cannot help."""
    parameters = {"event_id": event_id, "type": type, "subject": subject, "body_hash": None}
    kept = _kept(connection, body, error, park, ring)
    connection.execute(_KEEP, {**parameters, **kept})


def keep_unreadable(
    connection: Connection,
    body: bytes,
    error: BaseException,
    *,
    park: bool,
    ring: KeyRing | None = None,
) -> None:
    """Store what is no event of ours as it came; once, however often it comes."""
    hashes = ring.fingerprints(body, "inbox_failures.body_hash") if ring else []
    known = {"came": body, "hashes": hashes, "body_hash": hashes[0] if hashes else None}
    kept = _kept(connection, body, error, park, ring)
    connection.execute(_KEEP_UNREADABLE, {"event_id": None, **_claims(body), **known, **kept})


def _kept(
    connection: Connection, body: bytes, error: BaseException, park: bool, ring: KeyRing | None
) -> dict[str, Any]:
    failure_id = connection.execute(_DRAW_ID).scalar_one()
    return {
        "id": failure_id,
        "body": None if ring else body,
        "sealed": ring.encrypt(body, body_context(failure_id)) if ring else None,
        "error": describe(error),
        "park": park,
    }


def body_context(failure_id: int) -> str:
    """What a sealed body is bound to."""
    return field_context("inbox_failures", "sealed_body", failure_id)


def _claims(body: bytes) -> dict[str, str]:
    """What an unreadable event says of itself, for people to find it by."""
    try:
        raw = orjson.loads(body)
        claims = {"type": raw["type"], "subject": raw.get("subject", "")}
    except (ValueError, KeyError, TypeError, AttributeError):
        claims = {}
    is_usable = all(isinstance(text, str) and text.isprintable() for text in claims.values())
    return claims if claims and is_usable else {"type": "undecodable", "subject": ""}


def next_due_failure(connection: Connection) -> Failure | None:
    """The failure whose next attempt is longest due, locked; another replica takes another."""
    row = connection.execute(
        text(
            "SELECT failure_id, body, sealed_body, attempts, event_id IS NULL FROM inbox_failures "
            "WHERE parked_at IS NULL AND next_at <= now() "
            "ORDER BY next_at, failure_id LIMIT 1 FOR UPDATE SKIP LOCKED"
        )
    ).first()
    return Failure(*row) if row else None


def settle_failure(connection: Connection, failure_id: int) -> None:
    """The event has been handled after all."""
    connection.execute(
        text("DELETE FROM inbox_failures WHERE failure_id = :id"), {"id": failure_id}
    )


def postpone_failure(
    connection: Connection, failure: Failure, error: BaseException, *, park: bool = False
) -> None:
    """Count the attempt; after the last one, park. The delay doubles from 2 s to 5 minutes."""
    attempts = failure.attempts + 1
    connection.execute(
        text(
            "UPDATE inbox_failures SET attempts = :attempts, error = :error, "
            "next_at = now() + make_interval(secs => :delay), "
            "parked_at = CASE WHEN :park THEN now() END WHERE failure_id = :id"
        ),
        {
            "id": failure.failure_id,
            "attempts": attempts,
            "error": describe(error),
            "delay": min(2 ** (attempts - 1), 300),
            "park": park or attempts >= MAX_ATTEMPTS,
        },
    )


def list_failures(connection: Connection, limit: int = 100) -> list[dict[str, Any]]:
    """Newest first, without bodies: they may hold what the reader must not see."""
    rows = connection.execute(
        text(
            "SELECT failure_id, event_id::text, type, subject, error, attempts, failed_at, next_at,"
            " parked_at FROM inbox_failures ORDER BY failure_id DESC LIMIT :n"
        ),
        {"n": limit},
    ).mappings()
    return [{key: _plain(value) for key, value in row.items()} for row in rows]


def replay_failure(connection: Connection, failure_id: int) -> None:
    """Try again now, with a full count of attempts; raises NotFound."""
    _change(
        connection,
        failure_id,
        "UPDATE inbox_failures SET parked_at = NULL, attempts = 0, next_at = now()",
    )


def discard_failure(connection: Connection, failure_id: int) -> None:
    """Give the event up for good; raises NotFound."""
    _change(connection, failure_id, "DELETE FROM inbox_failures")


def _change(connection: Connection, failure_id: int, statement: str) -> None:
    changed = connection.execute(
        text(f"{statement} WHERE failure_id = :id"), {"id": failure_id}
    ).rowcount
    if not changed:
        raise NotFound("failure.unknown", "no such failed event")


def count_failures(connection: Connection) -> tuple[int, int]:
    """How many wait for another attempt, and how many are parked."""
    row = connection.execute(
        text(
            "SELECT count(*) FILTER (WHERE parked_at IS NULL), count(parked_at) FROM inbox_failures"
        )
    ).one()
    return row[0], row[1]


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
