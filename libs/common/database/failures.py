"""Events whose handler failed: kept with the error, retried with growing delay, then parked."""

import traceback
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from libs.common.errors import NotFound

MAX_ATTEMPTS = 10

_KEEP = text(
    "INSERT INTO inbox_failures (event_id, type, subject, body, error, next_at, parked_at) "
    "VALUES (:event_id, :type, :subject, :body, :error, "
    "  CASE WHEN :park THEN NULL ELSE now() + interval '1 second' END, "
    "  CASE WHEN :park THEN now() END) "
    "ON CONFLICT (event_id) DO NOTHING"
)


@dataclass(frozen=True)
class Failure:
    """An event that could not be handled so far."""

    failure_id: int
    body: bytes
    attempts: int


def describe(error: BaseException) -> str:
    """Class, message and the last frames: enough to find the fault, without the event's texts."""
    frames = traceback.format_tb(error.__traceback__)[-3:]
    return f"{type(error).__name__}: {str(error)[:500]}\n{''.join(frames)}"[:4000]


def keep_failure(
    connection: Connection,
    body: bytes,
    error: BaseException,
    *,
    event_id: UUID | None = None,
    type: str = "undecodable",
    subject: str = "",
    park: bool = False,
) -> None:
    """Store the event with its error; `park` where repeating cannot help."""
    parameters = {"event_id": event_id, "type": type, "subject": subject, "body": body}
    connection.execute(_KEEP, {**parameters, "error": describe(error), "park": park})


def due_failures(connection: Connection, limit: int = 20) -> list[Failure]:
    """Failures whose next attempt is due, locked; another replica takes others."""
    rows = connection.execute(
        text(
            "SELECT failure_id, body, attempts FROM inbox_failures "
            "WHERE parked_at IS NULL AND next_at <= now() "
            "ORDER BY next_at, failure_id LIMIT :n FOR UPDATE SKIP LOCKED"
        ),
        {"n": limit},
    )
    return [Failure(row[0], bytes(row[1]), row[2]) for row in rows]


def settle_failure(connection: Connection, failure_id: int) -> None:
    """The event has been handled after all."""
    connection.execute(
        text("DELETE FROM inbox_failures WHERE failure_id = :id"), {"id": failure_id}
    )


def postpone_failure(connection: Connection, failure: Failure, error: BaseException) -> None:
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
            "park": attempts >= MAX_ATTEMPTS,
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
