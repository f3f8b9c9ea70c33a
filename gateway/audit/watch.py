"""Counts the actions of which too many are alarming; a row per person, not a scan of the log."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from gateway.audit.alerts import raise_alert
from gateway.audit.kinds import WATCHED, Threshold
from libs.common.database.unit_of_work import Database, UnitOfWork

# The instants of the last `most` + 1 times, the oldest first.
_COUNT = text(
    """
INSERT INTO watched_actions AS w (action, person_id, instants)
VALUES (:action, :person_id, ARRAY[CAST(:now AS timestamptz)])
ON CONFLICT (action, person_id) DO UPDATE SET instants =
    (w.instants || excluded.instants)[greatest(cardinality(w.instants) + 1 - :most, 1):]
RETURNING instants
"""
)


def watch_action(database: Database, outcome: Mapping[str, Any], now: datetime) -> None:
    """Count an action that was done, if it is watched, and raise the alert that is due."""
    threshold = WATCHED.get(outcome["action"])
    if threshold is None or outcome["outcome"] != "done":
        return
    with database.begin(request_id=outcome["request_id"]) as uow:
        _count(uow, threshold, outcome["action"], outcome["actor_id"], outcome["address"], now)
        uow.commit()


def _count(
    uow: UnitOfWork,
    threshold: Threshold,
    action: str,
    person_id: UUID,
    address: str | None,
    now: datetime,
) -> None:
    found = uow.session.execute(
        _COUNT, {"action": action, "person_id": person_id, "now": now, "most": threshold.most}
    )
    instants: list[datetime] = found.scalar_one()
    if len(instants) > threshold.most and now - instants[0] <= threshold.within:
        facts = {"count": len(instants), "minutes": threshold.within.total_seconds() // 60}
        raise_alert(uow, threshold.kind, person_id=person_id, address=address, facts=facts, now=now)
