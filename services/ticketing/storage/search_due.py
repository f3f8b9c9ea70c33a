"""Tickets whose words have to be cut anew: noted with the change itself, taken in batches."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

CHANGED, ANEW, STUCK = 0, 1, 9

# Releases of two dictionaries may run beside each other for a while.
_PATIENCE = timedelta(minutes=10)

# By the statement that writes entries: one more would cost every command.
NOTE_BESIDE = (
    "noted AS (INSERT INTO ticket_search_due (ticket_id) SELECT DISTINCT ticket_id FROM new)"
)
_NOTE = text(
    "INSERT INTO ticket_search_due (ticket_id, priority) "
    "SELECT DISTINCT ticket_id, CAST(:priority AS smallint) "
    "FROM unnest(CAST(:ids AS uuid[])) AS ticket_id"
)
_TAKE = text(
    "DELETE FROM ticket_search_due WHERE (priority, due_id) IN (SELECT priority, due_id "
    f"FROM ticket_search_due WHERE priority < {STUCK} ORDER BY priority, due_id "
    "LIMIT :most FOR UPDATE SKIP LOCKED) RETURNING ticket_id"
)
# Counted to a thousand of each kind: an upgraded installation has all its tickets in here.
_WAITING = text(
    "SELECT count(*), coalesce(extract(epoch FROM now() - min(queued_at)), 0) FROM "
    f"(SELECT queued_at FROM ticket_search_due WHERE priority = {CHANGED} "
    "ORDER BY due_id LIMIT 1000) AS oldest"
)
_IS_FULL = text(
    "SELECT count(*) >= :most FROM (SELECT 1 FROM ticket_search_due "
    f"WHERE priority = {ANEW} LIMIT :most) AS noted"
)
_RUN = text("SELECT * FROM ticket_search_run FOR UPDATE SKIP LOCKED")
_START = text(
    "UPDATE ticket_search_run SET edition = :edition, before_id = NULL, queued = 0, "
    "started_at = :now, finished_at = NULL"
)
_NEXT = text(
    "SELECT ticket_id FROM tickets WHERE ticket_id < coalesce(CAST(:before AS uuid), "
    "'ffffffff-ffff-ffff-ffff-ffffffffffff') ORDER BY ticket_id DESC LIMIT :most"
)
_MOVE = text(
    "UPDATE ticket_search_run SET before_id = :before, queued = queued + :count, "
    "finished_at = CASE WHEN :is_end THEN CAST(:now AS timestamptz) END"
)


def note_due(session: Session, ticket_ids: Iterable[UUID], priority: int = CHANGED) -> None:
    """What these tickets say has changed; they are found by it when that is committed."""
    if ids := [str(ticket_id) for ticket_id in ticket_ids]:
        session.execute(_NOTE, {"ids": ids, "priority": priority})


def take_due(session: Session, most: int) -> list[UUID]:
    """Tickets that nobody else is cutting, what changed first; for good once it is committed."""
    return sorted(set(session.scalars(_TAKE, {"most": most})))


def waiting(session: Session) -> tuple[int, float]:
    """How many changed tickets wait (to 1,000), and how many seconds the first one has."""
    count, age = session.execute(_WAITING).one()
    return int(count), float(age)


def start_run(session: Session, edition: str, now: datetime, *, is_wanted: bool) -> bool:
    """Begin with all tickets again: when that is wanted, or they were cut by other rules."""
    run = session.execute(_RUN).one_or_none()
    if run is None:
        return False
    is_other = run.edition != edition and (not run.edition or run.started_at < now - _PATIENCE)
    if is_wanted or is_other:
        session.execute(_START, {"edition": edition, "now": now})
    return is_wanted or is_other


def feed_run(session: Session, now: datetime, most: int) -> int:
    """Note the run's next tickets, newest first, unless many still wait; how many."""
    run = session.execute(_RUN).one_or_none()
    if run is None or run.finished_at or session.scalar(_IS_FULL, {"most": 2 * most}):
        return 0
    ids: Sequence[UUID] = session.scalars(_NEXT, {"before": run.before_id, "most": most}).all()
    note_due(session, ids, ANEW)
    moved = {"before": ids[-1] if ids else run.before_id, "count": len(ids)}
    session.execute(_MOVE, {**moved, "is_end": len(ids) < most, "now": now})
    return len(ids)
