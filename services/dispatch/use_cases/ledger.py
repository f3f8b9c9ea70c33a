"""Collects what a transaction changes, and writes it at its end: one statement for each kind.

Loads come last, in the order of person_id, and all who change an assignment hold its ticket's row;
so transactions wait for one another and do not deadlock.
"""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from libs.common.ids import uuid7
from services.dispatch.domain.assignments import Assignment, Share
from services.dispatch.domain.waiting import Waiting
from services.dispatch.storage import tables
from services.dispatch.storage.load_rows import add_loads
from services.dispatch.storage.rows import change_rows, insert_rows, put_rows, row_of
from services.dispatch.storage.wakes import wake_groups, wake_people

_CHANGING = (
    *("state", "weight", "sent_at", "confirmed_at", "accepted_at"),
    *("withdrawn_at", "ended_at", "end_cause"),
)


@dataclass
class _Load:
    share: Share = field(default_factory=Share)
    last_assigned_at: datetime | None = None

    def add(self, share: Share, sign: int = 1) -> None:
        pairs = zip(self.share, share, strict=True)
        self.share = Share(*(mine + sign * other for mine, other in pairs))


@dataclass
class Ledger:
    """The changes of one transaction; `write` them once."""

    now: datetime
    _kept: list[tuple[Assignment, Assignment]] = field(default_factory=list)
    _begun: list[Assignment] = field(default_factory=list)
    _queued: list[Waiting] = field(default_factory=list)
    _gone: set[UUID] = field(default_factory=set)
    _decisions: list[dict[str, Any]] = field(default_factory=list)
    _woken: set[UUID] = field(default_factory=set)

    def keep(self, held: Iterable[Assignment]) -> None:
        """Watch assignments that were read: what is changed about them is written."""
        self._kept += [(one, copy(one)) for one in held]

    def begin(self, assignment: Assignment) -> None:
        """A new one."""
        self._begun.append(assignment)

    def queue(self, waiting: Waiting) -> None:
        """A new or changed place in a waiting list; the group is woken."""
        self.put(waiting)
        self.wake(waiting.group_id)

    def put(self, waiting: Waiting) -> None:
        """The same without waking: nothing about it makes it easier to decide."""
        self._queued.append(waiting)

    def leave(self, waiting: Waiting) -> None:
        """No longer in a waiting list."""
        self._gone.add(waiting.ticket_id)

    def wake(self, group_id: UUID | None) -> None:
        """Have a group's waiting list looked at again."""
        if group_id is not None:
            self._woken.add(group_id)

    def decide(
        self, ticket_id: UUID, outcome: str, explanation: dict[str, Any], mode: str | None = None
    ) -> UUID:
        """Keep a decision; returns its id."""
        decision_id = uuid7()
        self._decisions.append(
            {
                "decision_id": decision_id,
                "ticket_id": ticket_id,
                "decided_at": self.now,
                "outcome": outcome,
                "mode": mode,
                "explanation": explanation,
            }
        )
        return decision_id

    def write(self, session: Session) -> None:
        """Into the database; the transaction is still the caller's."""
        self._write_assignments(session)
        self._write_waiting(session)
        insert_rows(session, tables.decisions, self._decisions)
        loads = self._loads()
        add_loads(
            session, ((one, load.share, load.last_assigned_at) for one, load in loads.items())
        )
        wake_groups(session, self._woken)
        wake_people(session, {one for one, load in loads.items() if load.share.load < 0})

    def _write_assignments(self, session: Session) -> None:
        changed = [one for one, before in self._kept if one != before]
        rows = [row_of(tables.assignments, one) for one in changed]
        # Ended before others begin: a ticket has one open assignment at a time.
        change_rows(session, tables.assignments, _CHANGING, rows)
        begun = [row_of(tables.assignments, one) for one in self._begun]
        insert_rows(session, tables.assignments, begun)

    def _write_waiting(self, session: Session) -> None:
        if self._gone:
            gone = delete(tables.waiting).where(tables.waiting.c.ticket_id.in_(self._gone))
            session.execute(gone)
        put_rows(session, tables.waiting, [row_of(tables.waiting, one) for one in self._queued])

    def _loads(self) -> dict[UUID, _Load]:
        """What changes for each person; only of those for whom something does."""
        loads: dict[UUID, _Load] = {}
        for one, before in self._kept:
            if one.share != before.share:
                load = loads.setdefault(one.person_id, _Load())
                load.add(one.share)
                load.add(before.share, -1)
        for one in self._begun:
            load = loads.setdefault(one.person_id, _Load())
            load.add(one.share)
            load.last_assigned_at = self.now
        return loads
