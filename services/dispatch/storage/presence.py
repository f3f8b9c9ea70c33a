"""Writes whether people are there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

# What was before is read from the snapshot, which the statement's own change is not in.
_BEFORE = "WITH before AS (SELECT state, heartbeat_at FROM presence WHERE person_id = :person_id) "
_AFTER = (
    "RETURNING state, heartbeat_at, (SELECT state FROM before) AS was, "
    "(SELECT heartbeat_at FROM before) AS last_heartbeat_at"
)
_BEAT = text(
    _BEFORE
    + "INSERT INTO presence (person_id, since, heartbeat_at) VALUES (:person_id, :now, :now) "
    "ON CONFLICT (person_id) DO UPDATE SET heartbeat_at = excluded.heartbeat_at " + _AFTER
)
_SET = text(
    _BEFORE + "INSERT INTO presence (person_id, state, since, heartbeat_at) "
    "VALUES (:person_id, :state, :now, CASE WHEN :beats THEN CAST(:now AS timestamptz) END) "
    "ON CONFLICT (person_id) DO UPDATE SET state = excluded.state, "
    "since = CASE WHEN presence.state = excluded.state THEN presence.since "
    "ELSE excluded.since END, "
    "heartbeat_at = coalesce(excluded.heartbeat_at, presence.heartbeat_at) " + _AFTER
)


@dataclass(frozen=True)
class Step:
    """What a person's presence was, if it was known, and is."""

    was: str | None
    last_heartbeat_at: datetime | None
    state: str
    heartbeat_at: datetime | None


def beat(session: Session, person_id: UUID, now: datetime) -> Step:
    """The person's console is alive."""
    return _step(session.execute(_BEAT, {"person_id": person_id, "now": now}).one())


def set_state(session: Session, person_id: UUID, state: str, now: datetime, *, beats: bool) -> Step:
    """The person is online, busy, away or offline; `beats`: they say so themselves."""
    values = {"person_id": person_id, "state": state, "now": now, "beats": beats}
    return _step(session.execute(_SET, values).one())


def _step(row: Any) -> Step:
    return Step(row.was, row.last_heartbeat_at, row.state, row.heartbeat_at)
