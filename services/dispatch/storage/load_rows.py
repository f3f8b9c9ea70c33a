"""Reads and mends `loads`; the ledger changes them. Rows are locked in the order of person_id."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.dispatch.domain.assignments import Share

_LOCK = text(
    "SELECT person_id, load, grabbed FROM loads WHERE person_id = ANY(:ids) "
    "ORDER BY person_id FOR UPDATE"
)
_MAKE = text(
    "INSERT INTO loads (person_id) SELECT person_id "
    "FROM unnest(CAST(:ids AS uuid[])) AS given (person_id) ON CONFLICT DO NOTHING"
)
_ADD = text(
    "INSERT INTO loads (person_id, load, active, grabbed, last_assigned_at) "
    "SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:loads AS integer[]), "
    "CAST(:actives AS integer[]), CAST(:grabbed AS integer[]), CAST(:lasts AS timestamptz[])) "
    "ON CONFLICT (person_id) DO UPDATE SET load = loads.load + excluded.load, "
    "active = loads.active + excluded.active, grabbed = loads.grabbed + excluded.grabbed, "
    "last_assigned_at = greatest(loads.last_assigned_at, excluded.last_assigned_at)"
)
_SUMS = (
    "SELECT person_id, sum(weight) AS load, count(*) AS active, "
    "count(*) FILTER (WHERE mode = 'grab') AS grabbed "
    "FROM assignments WHERE state <> 'ended' GROUP BY person_id"
)
_DIFFERING = text(
    f"SELECT person_id FROM loads FULL JOIN ({_SUMS}) AS sums USING (person_id) "
    "WHERE (coalesce(loads.load, 0), coalesce(loads.active, 0), coalesce(loads.grabbed, 0)) "
    "IS DISTINCT FROM (coalesce(sums.load, 0), coalesce(sums.active, 0), "
    "coalesce(sums.grabbed, 0)) ORDER BY person_id"
)
_MEND = text(
    "UPDATE loads SET load = coalesce(sums.load, 0), active = coalesce(sums.active, 0), "
    "grabbed = coalesce(sums.grabbed, 0) "
    "FROM unnest(CAST(:ids AS uuid[])) AS given (person_id) "
    f"LEFT JOIN ({_SUMS}) AS sums USING (person_id) "
    "WHERE loads.person_id = given.person_id AND (loads.load, loads.active, loads.grabbed) "
    "IS DISTINCT FROM "
    "(coalesce(sums.load, 0), coalesce(sums.active, 0), coalesce(sums.grabbed, 0))"
)


class Burden(NamedTuple):
    """What somebody has now: points of load, and how many tickets of those they grabbed."""

    load: int
    grabbed: int


def lock_loads(session: Session, person_ids: Collection[UUID]) -> dict[UUID, Burden]:
    """What these people have, which stays so until the transaction ends."""
    ids = sorted(person_ids)
    if not ids:
        return {}
    session.execute(_MAKE, {"ids": ids})
    rows = session.execute(_LOCK, {"ids": ids})
    return {row.person_id: Burden(row.load, row.grabbed) for row in rows}


def add_loads(session: Session, changes: Iterable[tuple[UUID, Share, datetime | None]]) -> None:
    """Add (person, what to add, when they were last given something), once for each person."""
    listed = sorted(changes, key=lambda change: change[0])
    if listed:
        parameters = {
            "ids": [person_id for person_id, _, _ in listed],
            "loads": [share.load for _, share, _ in listed],
            "actives": [share.active for _, share, _ in listed],
            "grabbed": [share.grabbed for _, share, _ in listed],
            "lasts": [last for _, _, last in listed],
        }
        session.execute(_ADD, parameters)


def differing_loads(session: Session) -> list[UUID]:
    """People whose load is not what their assignments add up to."""
    return list(session.scalars(_DIFFERING))


def mend_loads(session: Session, person_ids: Collection[UUID]) -> int:
    """Set them to the sums; returns how many were really wrong."""
    lock_loads(session, person_ids)
    # Asked again behind the locks: whoever changes assignments now must wait for them.
    mended = session.execute(_MEND, {"ids": sorted(person_ids)})
    return int(mended.rowcount)  # type: ignore[attr-defined]
