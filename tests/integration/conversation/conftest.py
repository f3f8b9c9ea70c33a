"""Databases of the parts that talk with one another about assignments and due times."""

import os
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from libs.common.config import Config
from libs.common.database.unit_of_work import Database
from libs.common.testing.databases import Databases
from tests.integration.conversation.parts import SERVICES, Part, World

_KEPT = {"alembic_version", "settings", "statuses", "policies", "policy_revisions", "calendars"}
_KEPT |= {"calendar_days", "book"}
# What a migration has put there once.
_KEPT |= {"urgency_words", "ticket_settings"}


@pytest.fixture(scope="module")
def parts(databases: Databases) -> Iterator[dict[str, Part]]:
    label, names = f"tidedesk_talk_{os.getpid()}", list(SERVICES)
    url = databases.create(label, names)
    config = Config.read({"DATABASE_URL": url, "DATABASE_POOL": "20"})
    made = {name: Part(Database.connect(name, config), SERVICES[name]) for name in names}
    yield made
    for part in made.values():
        part.database.close()
    databases.drop(label, names)


@pytest.fixture
def world(parts: dict[str, Part]) -> World:
    """Nobody is there yet."""
    for part in parts.values():
        part.arriving = []
        names = part.rows(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition "
            "AND relnamespace = 'public'::regnamespace"
        )
        emptied = [row.relname for row in names if row.relname not in _KEPT]
        with part.database.engine.begin() as connection:
            connection.execute(text(f"TRUNCATE {', '.join(emptied)} CASCADE"))
    return World(parts)
