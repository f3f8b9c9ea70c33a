"""Policies in their order, and every revision that any of them has had."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

Row = RowMapping

_JSON = ("condition", "pause_statuses", "targets", "steps")
_VALUES = ("name", "is_active", "condition", "calendar_id", "pause_statuses", "targets", "steps")
_COLUMNS = ", ".join(("policy_id", "position", *_VALUES, "version", "revision"))
_ALL = text(f"SELECT {_COLUMNS} FROM policies ORDER BY position, policy_id")
_ONE = text(f"SELECT {_COLUMNS} FROM policies WHERE policy_id = :id")
_PUT = text(
    f"INSERT INTO policies (policy_id, position, {', '.join(_VALUES)}) "
    "VALUES (:policy_id, (SELECT coalesce(max(position), 0) + 1 FROM policies), "
    + ", ".join(f"CAST(:{name} AS jsonb)" if name in _JSON else f":{name}" for name in _VALUES)
    + ") ON CONFLICT (policy_id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _VALUES)
    + ", version = policies.version + 1, revision = policies.revision + 1"
)
_END = text(
    "UPDATE policy_revisions SET until = :now WHERE policy_id = ANY(:ids) AND until IS NULL"
)
_REMEMBER = text(
    "INSERT INTO policy_revisions (policy_id, revision, position, name, policy, since) "
    "SELECT policy_id, revision, position, name, to_jsonb(policies), :now FROM policies "
    "WHERE policy_id = ANY(:ids)"
)
_DELETE = text("DELETE FROM policies WHERE policy_id = :id")
_ORDER = text(
    "UPDATE policies SET position = given.position, version = version + 1, "
    "revision = revision + 1 "
    "FROM unnest(CAST(:ids AS uuid[])) WITH ORDINALITY AS given (policy_id, position) "
    "WHERE policies.policy_id = given.policy_id AND policies.position <> given.position "
    "RETURNING policies.policy_id"
)
_HELD = text(
    "SELECT policy_id, revision, position, policy, since, until FROM policy_revisions "
    "WHERE until IS NULL OR until > now() - make_interval(days => :days)"
)
_NAMES = text(
    "SELECT DISTINCT ON (policy_id) policy_id, name FROM policy_revisions "
    "WHERE policy_id = ANY(:ids) ORDER BY policy_id, revision DESC"
)


def all_policies(session: Session) -> Sequence[Row]:
    """In the order in which they are tried."""
    return session.execute(_ALL).mappings().all()


def find_policy(session: Session, policy_id: UUID) -> Row | None:
    return session.execute(_ONE, {"id": policy_id}).mappings().one_or_none()


def put_policy(session: Session, policy_id: UUID, values: Mapping[str, Any], now: datetime) -> Row:
    """Add at the end or replace; what held before is remembered for good."""
    packed = {name: values[name] for name in _VALUES}
    for name in _JSON:
        packed[name] = orjson.dumps(values[name]).decode()
    session.execute(_PUT, {"policy_id": policy_id, **packed})
    _begin_revisions(session, [policy_id], now)
    return session.execute(_ONE, {"id": policy_id}).mappings().one()


def delete_policy(session: Session, policy_id: UUID, now: datetime) -> None:
    """Its revisions stay: clocks that have ended name them."""
    session.execute(_END, {"ids": [policy_id], "now": now})
    session.execute(_DELETE, {"id": policy_id})


def order_policies(session: Session, policy_ids: Sequence[UUID], now: datetime) -> None:
    """Positions in the order of the ids, which are all that there are."""
    moved = list(session.execute(_ORDER, {"ids": list(policy_ids)}).scalars())
    if moved:
        _begin_revisions(session, moved, now)


def revisions_held(session: Session, days: int) -> Sequence[Row]:
    """All that hold, or have held at some time in the last `days`."""
    return session.execute(_HELD, {"days": days}).mappings().all()


def _begin_revisions(session: Session, policy_ids: Sequence[UUID], now: datetime) -> None:
    session.execute(_END, {"ids": list(policy_ids), "now": now})
    session.execute(_REMEMBER, {"ids": list(policy_ids), "now": now})


def policy_names(session: Session, policy_ids: Collection[UUID]) -> dict[UUID, str]:
    """Also of policies that are no more."""
    found = session.execute(_NAMES, {"ids": list(policy_ids)}) if policy_ids else ()
    return {row[0]: row[1] for row in found}
