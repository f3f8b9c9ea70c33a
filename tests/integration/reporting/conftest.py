"""A migrated database of reporting's own, and who asks there."""

import os
from collections.abc import Iterator
from itertools import count

import pytest

from libs.common.config import Config
from libs.common.database.unit_of_work import Database
from libs.common.testing.databases import Databases
from tests.integration.reporting.counting import Counting

_modules = count(1)


@pytest.fixture(scope="module")
def database(databases: Databases) -> Iterator[Database]:
    label = f"tidedesk_reporting_{os.getpid()}_{next(_modules)}"
    url = databases.create(label, ["reporting"])
    opened = Database.connect(
        "reporting", Config.read({"DATABASE_URL": url, "DATABASE_POOL": "20"})
    )
    yield opened
    opened.close()
    databases.drop(label, ["reporting"])


@pytest.fixture
def counting(database: Database) -> Counting:
    """An empty database."""
    made = Counting(database)
    made.empty()
    return made
