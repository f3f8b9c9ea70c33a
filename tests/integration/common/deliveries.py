"""Deliveries of the probe's events, and a handler that stumbles over bad ones."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text

from libs.common.bus.handling import Handler, Handling
from libs.common.clock import utc_now
from libs.common.contracts.envelope import Event, dump_event
from libs.common.database.unit_of_work import Database, UnitOfWork
from libs.common.ids import uuid7
from services.probe.contract import ProbeCounted, ProbeEchoed
from tests.integration.common.looking import tell

Apply = Callable[[UnitOfWork, Sequence[Event]], None]


def count(key: str, event_id: UUID | None = None, **changed: Any) -> bytes:
    body = dump_event(ProbeCounted, event_id or uuid7(), key, utc_now(), {"key": key, "amount": 1})
    return orjson.dumps({**orjson.loads(body), **changed})


def echo(key: str) -> bytes:
    return dump_event(ProbeEchoed, uuid7(), key, utc_now(), {"key": key})


def note(uow: UnitOfWork, *keys: str) -> None:
    if keys:
        rows = [{"key": key} for key in keys]
        uow.session.execute(text("INSERT INTO heard VALUES (:key)"), rows)


def hear(uow: UnitOfWork, events: Sequence[Event]) -> None:
    """Write all down, then stumble over a bad one, so that what was written must be undone."""
    note(uow, *(event.data["key"] for event in events))
    for event in events:
        uow.emit(ProbeEchoed, subject=event.subject, data=event.data, cause=event)
    for event in events:
        if event.data["key"].startswith("bad"):
            raise LookupError(f"cannot hear {event.data['key']}")


def hear_echo(uow: UnitOfWork, events: Sequence[Event]) -> None:
    note(uow, *(f"echo {event.data['key']}" for event in events))


def handling(database: Database, apply: Apply = hear) -> Handling:
    made = Handling(database)
    made.add("probe.counted", Handler("hear", apply))
    made.add("probe.echoed", Handler("hear_echo", hear_echo))
    return made


def make_due(database: Database) -> None:
    tell(database, "UPDATE inbox_failures SET next_at = now() WHERE parked_at IS NULL")


@contextmanager
def locked(database: Database, table: str) -> Iterator[None]:
    with database.begin() as uow:
        uow.session.execute(text(f"LOCK TABLE {table}"))
        yield
