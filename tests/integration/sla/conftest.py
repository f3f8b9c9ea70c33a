"""A migrated database of sla's own, and who asks there."""

import os
from collections.abc import Iterator
from itertools import count

import pytest

from libs.common.actor import Actor
from libs.common.config import Config
from libs.common.database.unit_of_work import Database
from libs.common.testing.databases import Databases
from services.sla.service.rpc import Service
from tests.integration.sla.desk import Desk
from tests.support.actors import actor as actor_of
from tests.support.asking import Ask, asking

_modules = count(1)


@pytest.fixture(scope="module")
def database(databases: Databases) -> Iterator[Database]:
    label = f"tidedesk_sla_{os.getpid()}_{next(_modules)}"
    url = databases.create(label, ["sla"])
    opened = Database.connect("sla", Config.read({"DATABASE_URL": url, "DATABASE_POOL": "20"}))
    yield opened
    opened.close()
    databases.drop(label, ["sla"])


@pytest.fixture(scope="module")
def desk(database: Database) -> Desk:
    return Desk(database)


@pytest.fixture(scope="module")
def boss() -> Actor:
    return actor_of("supervisor", "王主管")


@pytest.fixture(scope="module")
def ask(database: Database, boss: Actor) -> Ask:
    """Call a method as the gateway would, as the supervisor unless told otherwise."""
    return asking(Service(), database, boss)
