"""A desk to test at: hears events and lets time pass, each in its own transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import event as sql_events
from sqlalchemy import text

from libs.common.clock import utc_now
from libs.common.contracts.envelope import Event
from libs.common.database.unit_of_work import Database
from libs.common.directory.copying import keep_directory
from libs.common.timers import Timer, cancel_timers
from services.sla.use_cases.hear_customers import hear_customers
from services.sla.use_cases.hear_tickets import hear_tickets
from services.sla.use_cases.recompute import recompute_tickets
from services.sla.use_cases.ring_timers import ring_timers
from services.sla.use_cases.run_timers import run_timers
from tests.integration.sla.story import Story

ZONE = ZoneInfo("Asia/Shanghai")
# Of a clock, all that does not depend on when somebody looked.
_CLOCK = (
    "clock_id, target, cycle, state, started_at, due_at, target_seconds, policy_id, is_breached, "
    "is_paused, ended_at, round(remaining_seconds::numeric, 3) AS remaining, pauses, "
    "elapsed_seconds, assignment_epoch, status"
)


class Desk:
    """Runs use cases as the shell would, and shows what became of it."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def hear(self, *events: Event, now: datetime | None = None) -> None:
        """Events of tickets as one batch."""
        with self.database.begin() as uow:
            hear_tickets(uow, events, ZONE, now or utc_now())
            uow.commit()

    def hear_customers(self, *events: Event) -> None:
        with self.database.begin() as uow:
            hear_customers(uow, events)
            uow.commit()

    def learn(self, *events: Event) -> None:
        """Copy directory events."""
        with self.database.begin() as uow:
            keep_directory(uow.session, events)
            uow.commit()

    def ring(self, *stories: Story, now: datetime) -> None:
        """As if the timers of these tickets had come at `now`."""
        timers = [Timer("ticket", str(story.ticket_id), now, {}) for story in stories]
        with self.database.begin() as uow:
            cancel_timers(uow.session, "ticket", [timer.key for timer in timers])
            ring_timers(uow, timers, ZONE, now)
            uow.commit()

    def run_timers(self) -> None:
        """Whatever is due by the real clock."""
        while run_timers(self.database, ZONE):
            pass

    def recompute(self) -> int:
        """Until all tickets are by the present book; returns the number of batches."""
        batches = 0
        while recompute_tickets(self.database, ZONE):
            batches += 1
        return batches

    def clocks(self, story: Story) -> list[dict[str, Any]]:
        """The ticket's clocks as they are stored."""
        query = f"SELECT {_CLOCK} FROM clocks WHERE ticket_id = :id ORDER BY target, cycle"
        return self.rows(query, id=story.ticket_id)

    def clock(self, story: Story, target: str, cycle: int = 1) -> dict[str, Any]:
        """One of them."""
        return next(
            clock
            for clock in self.clocks(story)
            if (clock["target"], clock["cycle"]) == (target, cycle)
        )

    def ticket(self, story: Story) -> dict[str, Any]:
        """The ticket's row."""
        return self.rows("SELECT * FROM tickets WHERE ticket_id = :id", id=story.ticket_id)[0]

    def timer(self, story: Story) -> datetime | None:
        """When the ticket's timer comes."""
        query = "SELECT due_at FROM timers WHERE kind = 'ticket' AND key = :id"
        found = self.rows(query, id=str(story.ticket_id))
        return found[0]["due_at"] if found else None

    def told(self, story: Story, *types: str) -> list[dict[str, Any]]:
        """The data of the events about this ticket in the outbox, oldest first."""
        query = (
            "SELECT body FROM outbox WHERE CAST(body AS json)->>'subject' = :id ORDER BY outbox_id"
        )
        bodies = [orjson.loads(row["body"]) for row in self.rows(query, id=str(story.ticket_id))]
        return [
            {"type": body["type"], **body["data"]}
            for body in bodies
            if not types or body["type"] in types
        ]

    def steps(self, story: Story) -> list[tuple[str, str]]:
        """Which steps have been told, in order."""
        return [(one["target"], one["step"]) for one in self.told(story, "step.reached")]

    def rows(self, query: str, **parameters: Any) -> list[dict[str, Any]]:
        with self.database.engine.connect() as connection:
            return [dict(row) for row in connection.execute(text(query), parameters).mappings()]

    def do(self, statement: str, **parameters: Any) -> None:
        with self.database.engine.begin() as connection:
            connection.execute(text(statement), parameters)

    @contextmanager
    def counting_statements(self) -> Iterator[list[str]]:
        """The SQL statements that are run inside."""
        seen: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            seen.append(statement)

        sql_events.listen(self.database.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            sql_events.remove(self.database.engine, "before_cursor_execute", note)
