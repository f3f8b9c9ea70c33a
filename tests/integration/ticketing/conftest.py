"""A migrated database of ticketing's own, and the people who work with it."""

import os
from collections.abc import Iterator
from itertools import count

import pytest

from libs.common.config import Config
from libs.common.database.unit_of_work import Database
from libs.common.testing.databases import Databases
from tests.integration.ticketing.desk import Desk

_modules = count(1)


@pytest.fixture(scope="module")
def database(databases: Databases) -> Iterator[Database]:
    label = f"tidedesk_ticketing_{os.getpid()}_{next(_modules)}"
    url = databases.create(label, ["ticketing"])
    opened = Database.connect(
        "ticketing", Config.read({"DATABASE_URL": url, "DATABASE_POOL": "20"})
    )
    yield opened
    opened.close()
    databases.drop(label, ["ticketing"])


@pytest.fixture(scope="module")
def desk(database: Database) -> Desk:
    return Desk(database)
