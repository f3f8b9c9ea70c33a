"""A migrated database of kb's own, and who asks there."""

import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import uuid4

import orjson
import pytest

from libs.common.actor import Actor
from libs.common.bus.call import Call
from libs.common.config import Config
from libs.common.database.unit_of_work import Database
from libs.common.testing.databases import Databases
from services.kb.service.rpc import Service
from tests.integration.kb.desk import Desk
from tests.support.actors import actor as actor_of

_modules = count(1)

# Calls a method of the service by its name, with its shell.
Ask = Callable[..., Any]


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
    made = Service()
    # As nameko injects dependencies into its workers.
    vars(made).update(database=database, config=Config.read({}))

    def call(
        method: str,
        /,
        actor: Actor | None = None,
        command_id: str | None = None,
        now: datetime | None = None,
        **given: Any,
    ) -> Any:
        asked = Call(
            actor=actor or boss,
            now=now or datetime.now(UTC),
            deadline=time.time() + 10,
            request_id="r",
            command_id=command_id or str(uuid4()),
        )
        sent = orjson.loads(orjson.dumps(given))
        return orjson.loads(orjson.dumps(getattr(made, method)(asked, **sent)))

    return call


@pytest.fixture(scope="module")
def desk(database: Database, ask: Ask, author: Actor, boss: Actor) -> Desk:
    return Desk(database, ask, author, boss)
