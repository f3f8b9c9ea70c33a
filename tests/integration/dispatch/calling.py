"""Calls dispatch as the gateway does, as people of the shipped roles."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event as sql_events

from libs.common.actor import Actor
from libs.common.database.unit_of_work import Database
from libs.common.errors import DeskError
from services.dispatch.service.rpc import Service
from tests.integration.dispatch.floor import Floor
from tests.support.actors import actor
from tests.support.asking import Ask, asking

Json = dict[str, Any]

GATEWAY = Actor(None, "网关", "gateway", permissions=frozenset({"dispatch.reconcile"}))
WORKING_HOURS = {str(day): [["09:00", "12:00"], ["13:00", "18:00"]] for day in range(1, 6)}
SHIFT = {"name": "白班", "zone": "Asia/Shanghai", "weekly": WORKING_HOURS}


def agent(person_id: UUID | None = None, **scopes: Any) -> Actor:
    """Who sees the own tickets and the pools of `groups`, given as UUIDs."""
    listed = {name: [str(one) for one in ids] for name, ids in scopes.items()}
    return actor("agent", "李雷", person_id, **listed)


def supervisor(person_id: UUID | None = None) -> Actor:
    """Who sees and manages all."""
    return actor("supervisor", "王主管", person_id)


def calling(database: Database, floor: Floor) -> Ask:
    """As the gateway would, as a supervisor unless told otherwise, at the floor's time."""
    return asking(Service(), database, supervisor(), lambda: floor.now)


def edit_agent(
    ask: Ask, person: UUID, version: int | None = None, **changes: Any
) -> dict[str, Any]:
    """What is set for somebody."""
    shown: dict[str, Any] = ask("edit_agent", person_id=person, version=version, changes=changes)
    return shown


def without(who: Actor, *permissions: str) -> Actor:
    """The same person with fewer permissions."""
    return replace(who, permissions=who.permissions - set(permissions))


def refusal_of(change: Callable[[], Any]) -> DeskError:
    with pytest.raises(DeskError) as refusal:
        change()
    return refusal.value


def errors_of(change: Callable[[], Any]) -> dict[str, list[str]]:
    """The fields that a refusal names."""
    refusal = refusal_of(change)
    assert refusal.status == 422, refusal
    errors: dict[str, list[str]] = refusal.details["errors"]
    return errors


@contextmanager
def counting_statements(database: Database) -> Iterator[list[str]]:
    """The SQL statements that are run inside, without the shell's."""
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "set_config" not in statement:
            seen.append(statement)

    sql_events.listen(database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sql_events.remove(database.engine, "before_cursor_execute", note)
