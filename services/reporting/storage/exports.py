"""Rows of exports: claimed by one writer at a time, for as long as it renews its lease."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from services.reporting.domain import exports as words

_ADD = text(
    "INSERT INTO exports (export_id, owner_id, kind, what, name, language, arguments, actor, "
    "next_at, created_at) VALUES (:export_id, :owner_id, :kind, :what, :name, :language, "
    ":arguments, :actor, :now, :now) RETURNING *"
).bindparams(bindparam("arguments", type_=JSONB), bindparam("actor", type_=JSONB))
# One person's exports are counted one after the other.
_LOCK_OWNER = text("SELECT pg_advisory_xact_lock(hashtextextended(CAST(:owner_id AS text), 17))")
_COUNT = text(
    "SELECT count(*) FROM exports WHERE owner_id = :owner_id AND status IN ('waiting', 'running')"
)
_CLAIM = text(
    """
UPDATE exports SET
    status = CASE WHEN attempts < :most THEN 'running' ELSE 'failed' END,
    error = CASE WHEN attempts < :most THEN error ELSE coalesce(error, 'export.failed') END,
    finished_at = CASE WHEN attempts < :most THEN NULL ELSE CAST(:now AS timestamptz) END,
    attempts = least(attempts + 1, :most), progress = 0, lease_owner = :owner,
    leased_until = :until, started_at = coalesce(started_at, :now)
WHERE export_id = (
    SELECT export_id FROM exports
    WHERE (status = 'waiting' AND next_at <= :now) OR (status = 'running' AND leased_until < :now)
    ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING export_id, status
"""
)
_MINE = "export_id = :export_id AND lease_owner = :owner AND status = 'running'"
_LOAD = text(f"SELECT * FROM exports WHERE {_MINE}")
_RENEW = text(
    f"UPDATE exports SET progress = greatest(progress, :progress), leased_until = :until "
    f"WHERE {_MINE} RETURNING true"
)
_FINISH = text(
    "UPDATE exports SET status = 'done', progress = 100, rows = :rows, blob_key = :blob_key, "
    "size = :size, error = NULL, finished_at = :now, expires_at = :expires_at, "
    f"leased_until = NULL WHERE {_MINE} RETURNING true"
)
_FAIL = text(
    "UPDATE exports SET status = 'failed', error = :error, finished_at = :now, "
    f"leased_until = NULL WHERE {_MINE}"
)
_GIVE_BACK = text(
    "UPDATE exports SET status = 'waiting', next_at = :next_at, leased_until = NULL, "
    f"attempts = attempts - :forgiven WHERE {_MINE}"
)
# Whoever writes it finds that it is not theirs any more.
_REMOVE = text(
    "UPDATE exports SET status = CASE WHEN status IN ('waiting', 'running') THEN 'cancelled' "
    "ELSE 'removed' END, finished_at = coalesce(finished_at, :now), leased_until = NULL "
    "WHERE export_id = :export_id RETURNING status"
)
_LOCK = text(
    "SELECT * FROM exports WHERE export_id = :export_id AND owner_id = :owner_id "
    "AND status <> 'removed' FOR UPDATE"
)
_OVER = text(
    "SELECT export_id, status, blob_key FROM exports WHERE blob_key IS NOT NULL "
    "AND (status = 'removed' OR expires_at <= :now) ORDER BY export_id LIMIT :n "
    "FOR UPDATE SKIP LOCKED"
)
_WITHOUT_FILE = text(
    "UPDATE exports SET blob_key = NULL, "
    "status = CASE status WHEN 'removed' THEN 'removed' ELSE 'expired' END "
    "WHERE export_id = ANY(:ids)"
)
_FORGET = text(
    "DELETE FROM exports WHERE blob_key IS NULL AND (status = 'removed' "
    "OR (status IN ('failed', 'cancelled', 'expired') AND finished_at < :before))"
)
_KNOWN = text("SELECT blob_key FROM exports WHERE blob_key = ANY(:keys)")


def count_unfinished(session: Session, owner_id: UUID) -> int:
    """Of one person; nobody else adds one of theirs until the transaction ends."""
    session.execute(_LOCK_OWNER, {"owner_id": owner_id})
    return int(session.scalar(_COUNT, {"owner_id": owner_id}) or 0)


def add_export(session: Session, row: Mapping[str, Any]) -> RowMapping:
    """Waiting, from now on."""
    return session.execute(_ADD, row).mappings().one()


def claim_export(session: Session, owner: UUID, now: datetime) -> tuple[UUID, bool] | None:
    """The next one, and whether it may run (else it has failed too often); None: nothing waits."""
    given = {"owner": owner, "now": now, "until": now + words.LEASE, "most": words.MOST_ATTEMPTS}
    row = session.execute(_CLAIM, given).first()
    return None if row is None else (row.export_id, row.status == words.RUNNING)


def load_claimed(session: Session, export_id: UUID, owner: UUID) -> RowMapping | None:
    """The export, if it is still this owner's to write."""
    given = {"export_id": export_id, "owner": owner}
    return session.execute(_LOAD, given).mappings().one_or_none()


def renew_lease(
    session: Session, export_id: UUID, owner: UUID, now: datetime, progress: int
) -> bool:
    """Tell how far it is; False: cancelled, or somebody else's by now."""
    given = {"progress": progress, "until": now + words.LEASE}
    return bool(session.scalar(_RENEW, {"export_id": export_id, "owner": owner, **given}))


def finish_export(
    session: Session, export_id: UUID, owner: UUID, now: datetime, **file: Any
) -> bool:
    """Its file is there (`blob_key`, `size`, `rows`); False: nobody wants it any more."""
    given = {"now": now, "expires_at": now + words.KEPT, **file}
    return bool(session.scalar(_FINISH, {"export_id": export_id, "owner": owner, **given}))


def fail_export(session: Session, export_id: UUID, owner: UUID, now: datetime, error: str) -> None:
    """It cannot be made; `error` is a refusal's code."""
    given = {"export_id": export_id, "owner": owner, "now": now, "error": error}
    session.execute(_FAIL, given)


def give_back(
    session: Session, export_id: UUID, owner: UUID, next_at: datetime, *, is_counted: bool = True
) -> None:
    """Somebody may begin anew from `next_at`; `is_counted`: as one of the attempts it has."""
    given = {"next_at": next_at, "forgiven": 0 if is_counted else 1}
    session.execute(_GIVE_BACK, {"export_id": export_id, "owner": owner, **given})


def lock_export(session: Session, export_id: UUID, owner_id: UUID) -> RowMapping | None:
    """A person's own."""
    given = {"export_id": export_id, "owner_id": owner_id}
    return session.execute(_LOCK, given).mappings().one_or_none()


def remove_export(session: Session, export_id: UUID, now: datetime) -> str:
    """What is unfinished is cancelled, anything else removed; returns which."""
    return str(session.scalar(_REMOVE, {"export_id": export_id, "now": now}))


def files_over(session: Session, now: datetime, n: int) -> dict[UUID, str]:
    """Keys of blobs that are to be deleted, by export; locked."""
    return {row.export_id: row.blob_key for row in session.execute(_OVER, {"now": now, "n": n})}


def forget_files(session: Session, ids: list[UUID]) -> None:
    """They have been deleted."""
    session.execute(_WITHOUT_FILE, {"ids": ids})


def forget_exports(session: Session, before: datetime) -> None:
    """Removed ones, and those without a file that ended before that."""
    session.execute(_FORGET, {"before": before})


def known_files(session: Session, keys: list[str]) -> set[str]:
    """Those of the blobs that an export has."""
    return set(session.scalars(_KNOWN, {"keys": keys}))
