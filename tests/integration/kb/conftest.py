"""A migrated database of kb's own, and who asks there."""

import os
from collections.abc import Iterator
from itertools import count

import pytest

from libs.common.actor import Actor
from libs.common.config import Config
from libs.common.database.unit_of_work import Database
from libs.common.testing.databases import Databases
from services.kb.service.rpc import Service
from tests.integration.kb.desk import Desk
from tests.support.actors import actor as actor_of
from tests.support.asking import Ask, asking

_modules = count(1)


@pytest.fixture(scope="module")
def database(databases: Databases) -> Iterator[Database]:
    label = f"tidedesk_kb_{os.getpid()}_{next(_modules)}"
    url = databases.create(label, ["kb"])
    opened = Database.connect("kb", Config.read({"DATABASE_URL": url, "DATABASE_POOL": "20"}))
    yield opened
    opened.close()
    databases.drop(label, ["kb"])


@pytest.fixture(scope="module")
def author() -> Actor:
    return actor_of("agent", "李雷")


@pytest.fixture(scope="module")
def boss() -> Actor:
    return actor_of("supervisor", "王主管")


@pytest.fixture(scope="module")
def ask(database: Database, boss: Actor) -> Ask:
    """Call a method as the gateway would, as the supervisor unless told otherwise."""
    return asking(Service(), database, boss)


@pytest.fixture(scope="module")
def desk(database: Database, ask: Ask, author: Actor, boss: Actor) -> Desk:
    return Desk(database, ask, author, boss)
