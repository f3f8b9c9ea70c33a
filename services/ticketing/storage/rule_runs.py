"""What triggers and automations have done, and for which causes."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from services.ticketing.storage.rule_tables import rule_runs

# An automation that has handled a ticket does so again only for another anchor, and only once
# somebody who is no rule has touched the ticket since: whatever rules do, they come to an end.
_CLAIM = text(
    "INSERT INTO rule_marks AS known (rule_id, ticket_id, anchor_at, ran_at) "
    "VALUES (:rule_id, :ticket_id, :anchor_at, :now) "
    "ON CONFLICT (rule_id, ticket_id) DO UPDATE "
    "SET anchor_at = excluded.anchor_at, ran_at = excluded.ran_at "
    "WHERE known.anchor_at <> excluded.anchor_at "
    "AND known.ran_at < CAST(:touched_at AS timestamptz) RETURNING ticket_id"
)
_FORGET_RUNS = text(
    "DELETE FROM rule_runs WHERE run_id IN "
    "(SELECT run_id FROM rule_runs WHERE ran_at < :before ORDER BY ran_at LIMIT :n)"
)
_FORGET_MARKS = text(
    "DELETE FROM rule_marks AS old USING ("
    "SELECT rule_id, ticket_id FROM rule_marks JOIN tickets USING (ticket_id) "
    "WHERE ran_at < :before AND status_category = 'closed' LIMIT :n) AS gone "
    "WHERE old.rule_id = gone.rule_id AND old.ticket_id = gone.ticket_id"
)

Chains = dict[UUID, dict[UUID, frozenset[UUID]]]  # by event, by trigger


def keep_runs(session: Session, runs: Sequence[dict[str, Any]]) -> None:
    """Remember them."""
    if runs:
        session.execute(insert(rule_runs), list(runs))


def chains_of(session: Session, event_ids: Collection[UUID]) -> Chains:
    """Which triggers have run on these events, and the chain that each belongs to."""
    found: Chains = defaultdict(dict)
    statement = select(rule_runs.c.event_id, rule_runs.c.rule_id, rule_runs.c.chain).where(
        rule_runs.c.event_id.in_(event_ids)
    )
    for event_id, rule_id, chain in session.execute(statement) if event_ids else ():
        found[event_id][rule_id] = frozenset(chain)
    return found


def claim_cause(
    session: Session,
    rule_id: UUID,
    ticket_id: UUID,
    *,
    anchor_at: datetime,
    touched_at: datetime | None,
    now: datetime,
) -> bool:
    """Whether this automation has not handled the ticket for this cause yet; now it has."""
    given = {
        "rule_id": rule_id,
        "ticket_id": ticket_id,
        "anchor_at": anchor_at,
        "touched_at": touched_at,
        "now": now,
    }
    return session.execute(_CLAIM, given).first() is not None


def forget_runs(session: Session, runs_before: datetime, marks_before: datetime, n: int) -> int:
    """Drop old runs, and old marks of closed tickets; returns how many."""
    runs = session.execute(_FORGET_RUNS, {"before": runs_before, "n": n})
    marks = session.execute(_FORGET_MARKS, {"before": marks_before, "n": n})
    return int(runs.rowcount + marks.rowcount)  # type: ignore[attr-defined]
