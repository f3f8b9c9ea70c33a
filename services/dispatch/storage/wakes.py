"""Wakes: rows that say a group's waiting list should be looked at (again); a drainer deletes them.

Whoever frees capacity inserts them in the same transaction, so that no drain can miss it.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

# Only groups where something waits that a rule may decide. What comes to wait brings its own wake.
_WAKE = text(
    "INSERT INTO wakes (group_id) SELECT given.group_id "
    "FROM unnest(CAST(:ids AS uuid[])) AS given (group_id) "
    "WHERE EXISTS (SELECT 1 FROM waiting WHERE waiting.group_id = given.group_id "
    "AND mode = 'push' AND rule_id IS NOT NULL)"
)
_GROUPS_OF = text(
    "WITH own AS (SELECT DISTINCT unnest(group_ids) AS group_id FROM directory_people "
    "WHERE person_id = ANY(:ids)) "
    "SELECT group_id FROM own UNION "
    "SELECT group_id FROM rules WHERE is_active "
    "AND overflow_group_ids && (SELECT array_agg(group_id) FROM own)"
)
# By groups, not by waiting rows: each is one look into the index, however long the lists are.
_SWEEP = text(
    "INSERT INTO wakes (group_id) SELECT group_id FROM directory_groups AS known "
    "WHERE EXISTS (SELECT 1 FROM waiting WHERE waiting.group_id = known.group_id "
    "AND mode = 'push' AND rule_id IS NOT NULL) "
    "AND NOT EXISTS (SELECT 1 FROM wakes WHERE wakes.group_id = known.group_id)"
)


def wake_groups(session: Session, group_ids: Collection[UUID]) -> None:
    """Have the waiting lists of these groups drained after this transaction."""
    if group_ids:
        session.execute(_WAKE, {"ids": sorted(group_ids)})


def wake_people(session: Session, person_ids: Collection[UUID]) -> None:
    """The same for the groups that these people work for, and those that overflow to them."""
    if person_ids:
        wake_groups(session, set(session.scalars(_GROUPS_OF, {"ids": list(person_ids)})))


def wake_everybody(session: Session) -> int:
    """Wake each group where something waits; returns how many."""
    return int(session.execute(_SWEEP).rowcount)  # type: ignore[attr-defined]


def rules_changed(session: Session) -> None:
    """Have all that waits matched anew by the rules as they are after this transaction."""
    session.execute(text("UPDATE settings SET rules_revision = rules_revision + 1"))
