"""Where the rebuild stands, and how it and what arrives meanwhile keep out of each other's way."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

NONE, READING, FOLDING, SUMMING, DONE = "none", "reading", "folding", "summing", "done"
TABLES = ("acts", "stays", "cells", "spreads", "marks")

# Held shared by whoever changes figures, alone by whoever replaces them.
_FIGURES = 0x7C06
_SHARED = text("SELECT pg_advisory_xact_lock_shared(:key)")
_ALONE = text("SELECT pg_advisory_xact_lock(:key)")
_TRY = text("SELECT pg_try_advisory_xact_lock(:key)")
_RUNNER = 0x7C07
_SUMMER = 0x7C08

_COLUMNS = "phase, started_at, finished_at, cursor_at, cursor_id, ticket_id, events, tickets"
_LOAD = text(f"SELECT {_COLUMNS} FROM rebuild")
_SAVE = text(
    "UPDATE rebuild SET phase = :phase, started_at = :started_at, finished_at = :finished_at, "
    "cursor_at = :cursor_at, cursor_id = :cursor_id, ticket_id = :ticket_id, events = :events, "
    "tickets = :tickets"
)
_AGAIN = text(
    "INSERT INTO rebuild_again SELECT unnest(CAST(:ids AS uuid[])) "
    "WHERE (SELECT phase FROM rebuild) IN ('reading', 'folding', 'summing') "
    "ON CONFLICT DO NOTHING"
)
_TAKE = text(
    "DELETE FROM rebuild_again WHERE ticket_id IN ("
    "SELECT ticket_id FROM rebuild_again ORDER BY ticket_id LIMIT :n) RETURNING ticket_id"
)


@dataclass
class Rebuild:
    """How far it is: first the archive is read, then tickets are folded, then days are summed."""

    phase: str
    started_at: datetime | None
    finished_at: datetime | None
    cursor_at: datetime | None
    cursor_id: UUID | None
    ticket_id: UUID | None
    events: int
    tickets: int

    @property
    def is_running(self) -> bool:
        """Whether the shadow is being built."""
        return self.phase in (READING, FOLDING, SUMMING)


def guard_figures(session: Session) -> None:
    """Figures may be changed until the transaction ends; nobody replaces them meanwhile."""
    session.execute(_SHARED, {"key": _FIGURES})


def claim_figures(session: Session) -> None:
    """Nobody changes figures until the transaction ends."""
    session.execute(_ALONE, {"key": _FIGURES})


def try_rebuilding(session: Session) -> bool:
    """Whether this transaction is the only one that builds."""
    return bool(session.scalar(_TRY, {"key": _RUNNER}))


def try_summing(session: Session) -> bool:
    """Whether this transaction is the only one that sums up."""
    return bool(session.scalar(_TRY, {"key": _SUMMER}))


def load_rebuild(session: Session) -> Rebuild:
    """Where it stands."""
    return Rebuild(*session.execute(_LOAD).one())


def save_rebuild(session: Session, rebuild: Rebuild) -> None:
    """Where it stands now."""
    session.execute(_SAVE, vars(rebuild))


def fold_again(session: Session, ids: Iterable[UUID]) -> None:
    """While a rebuild is under way: it must look at these tickets once more."""
    session.execute(_AGAIN, {"ids": list(ids)})


def take_again(session: Session, n: int) -> list[UUID]:
    """Some of those."""
    return list(session.scalars(_TAKE, {"n": n}))


def empty_shadow(connection: Connection) -> None:
    """Make the shadow's tables anew, like the ones in use."""
    connection.execute(text("TRUNCATE rebuild_again"))
    for table in TABLES:
        connection.execute(text(f"DROP TABLE IF EXISTS shadow.{table}"))
        connection.execute(text(f"CREATE TABLE shadow.{table} (LIKE public.{table} INCLUDING ALL)"))


def swap_shadow(connection: Connection) -> None:
    """The shadow's tables take the place of those in use, which are dropped."""
    # Whoever reads figures has looked at the marks first, and waits here with no other lock.
    connection.execute(text("LOCK TABLE public.marks IN ACCESS EXCLUSIVE MODE"))
    for table in TABLES:
        connection.execute(text(f"DROP TABLE public.{table}"))
        connection.execute(text(f"ALTER TABLE shadow.{table} SET SCHEMA public"))


def show_rebuild(rebuild: Rebuild) -> dict[str, Any]:
    """As REST shows it."""
    return {
        "phase": rebuild.phase,
        "started_at": rebuild.started_at,
        "finished_at": rebuild.finished_at,
        "events": rebuild.events,
        "tickets": rebuild.tickets,
    }
