"""A migrated database of dispatch's own, and the floor where people work."""

import os
from collections.abc import Iterator
from itertools import count
from uuid import UUID

import pytest
from sqlalchemy import text

from libs.common.config import Config
from libs.common.database.unit_of_work import Database
from libs.common.testing.databases import Databases
from tests.integration.dispatch.calling import calling
from tests.integration.dispatch.floor import Floor
from tests.support.asking import Ask

_modules = count(1)
_TABLES = (
    "outbox, inbox, inbox_failures, tickets, dues, assignments, waiting, wakes, decisions, loads, "
    "presence, leaves, agent_skills, agents, skills, shifts, rules, directory_people, "
    "directory_groups, customer_copies"
)


@pytest.fixture(scope="module")
def database(databases: Databases) -> Iterator[Database]:
    label = f"tidedesk_dispatch_{os.getpid()}_{next(_modules)}"
    url = databases.create(label, ["dispatch"])
    opened = Database.connect("dispatch", Config.read({"DATABASE_URL": url, "DATABASE_POOL": "20"}))
    yield opened
    opened.close()
    databases.drop(label, ["dispatch"])


@pytest.fixture
def floor(database: Database) -> Floor:
    """Nobody is there yet, and nothing waits."""
    with database.engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {_TABLES}"))
        connection.execute(text("DELETE FROM settings"))
        connection.execute(text("INSERT INTO settings DEFAULT VALUES"))
    return Floor(database)


@pytest.fixture
def ask(database: Database, floor: Floor) -> Ask:
    """Call a method of the service, with its shell."""
    return calling(database, floor)


@pytest.fixture
def group(floor: Floor) -> UUID:
    return floor.group("售后")


@pytest.fixture
def person(floor: Floor, group: UUID) -> UUID:
    return floor.person(group, name="李雷")
