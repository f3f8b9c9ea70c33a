"""Clocks, and which of their steps have been told."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from libs.common.database.rows import changes, put_rows
from services.sla.domain.clocks import Clock, Pause

_CLOCK = (
    "target", "cycle", "state", "started_at", "due_at", "target_seconds", "policy_id", "revision",
    "is_breached", "is_paused", "ended_at", "remaining_seconds", "elapsed_seconds", "pauses",
    "assignment_epoch", "status",
)  # fmt: skip
_NAMES = ("clock_id", "ticket_id", *_CLOCK)
_KEEP = f"ON CONFLICT (clock_id) DO UPDATE SET {changes(_CLOCK)}"
_LOAD = text(
    f"SELECT clock_id, ticket_id, {', '.join(_CLOCK)} FROM clocks WHERE ticket_id = ANY(:ids)"
)
_DROP = text("DELETE FROM clocks WHERE clock_id = ANY(:ids)")
_STEP = ("clock_id", "step", "ticket_id", "told_at")
_TOLD = text("SELECT clock_id, step, told_at FROM clock_steps WHERE ticket_id = ANY(:ids)")

# By ticket, then by clock.
Clocks = Mapping[UUID, Mapping[UUID, Clock]]
# Of a clock, the keys of the steps that have been told, and when.
Told = dict[str, datetime]


def load_clocks(session: Session, ticket_ids: Collection[UUID]) -> Clocks:
    """All clocks of these tickets; the tickets are locked if they are to be changed."""
    found: dict[UUID, dict[UUID, Clock]] = defaultdict(dict)
    for row in session.execute(_LOAD, {"ids": list(ticket_ids)}).mappings():
        found[row["ticket_id"]][row["clock_id"]] = _clock(row)
    return found


def keep_clocks(
    session: Session, ticket_of: Mapping[UUID, UUID], clocks: Mapping[UUID, Clock]
) -> None:
    """Insert or change clocks; `ticket_of` and `clocks` are by clock id."""
    rows = [
        {
            "clock_id": clock_id,
            "ticket_id": ticket_of[clock_id],
            **{name: getattr(clock, name) for name in _CLOCK},
        }
        for clock_id, clock in clocks.items()
    ]
    if rows:
        put_rows(session, "clocks", _NAMES, rows, _KEEP)


def drop_clocks(session: Session, clock_ids: Collection[UUID]) -> None:
    """Forget clocks that do not exist any more; what they told stays told."""
    if clock_ids:
        session.execute(_DROP, {"ids": list(clock_ids)})


def load_told(session: Session, ticket_ids: Collection[UUID]) -> dict[UUID, Told]:
    """What has been told of the clocks of these tickets, by clock."""
    found: dict[UUID, Told] = defaultdict(dict)
    for row in session.execute(_TOLD, {"ids": list(ticket_ids)}):
        found[row.clock_id][row.step] = row.told_at
    return found


def keep_told(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Remember steps; that one is told twice would be an error here."""
    if rows:
        put_rows(session, "clock_steps", _STEP, rows)


def _clock(row: RowMapping) -> Clock:
    values = {name: row[name] for name in _CLOCK}
    return Clock(**{**values, "pauses": tuple(_pause(one) for one in row["pauses"])})


def _pause(kept: Mapping[str, Any]) -> Pause:
    end = kept["end"]
    return Pause(
        datetime.fromisoformat(kept["start"]),
        datetime.fromisoformat(end) if end else None,
        kept["why"],
    )
