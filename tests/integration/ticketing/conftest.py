"""A migrated database of ticketing's own, and the people who work with it."""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import uuid4

import orjson
import pytest
from sqlalchemy import text

from libs.common.actor import Actor
from libs.common.bus.call import Call
from libs.common.config import Config
from libs.common.database.unit_of_work import Database
from libs.common.testing.databases import Databases
from services.ticketing.service.rpc import Service
from tests.integration.ticketing.confiding import card_template
from tests.integration.ticketing.desk import Ask, Desk
from tests.support.actors import actor

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


@pytest.fixture(scope="module")
def service(database: Database) -> Service:
    made = Service()
    # As nameko injects dependencies into its workers.
    vars(made).update(database=database, config=Config.read({}))
    return made


@pytest.fixture(scope="module")
def ask(service: Service, desk: Desk) -> Ask:
    """Call a method as the gateway would, as the supervisor unless told otherwise."""

    def call(
        method: str, /, actor: Actor | None = None, command_id: str | None = None, **given: Any
    ) -> Any:
        made = Call(
            actor=actor or desk.boss,
            now=datetime.now(UTC),
            deadline=time.time() + 10,
            request_id="r",
            command_id=command_id or str(uuid4()),
        )
        answer = getattr(service, method)(made, **given)
        return orjson.loads(orjson.dumps(answer))

    return call


@pytest.fixture(scope="module")
def secret(ask: Ask) -> str:
    """A confidential template, in a database that has keys."""
    return card_template(ask)


@pytest.fixture(scope="module")
def guarded(ask: Ask) -> str:
    """One that asks for a check of identity, too."""
    return card_template(ask, check=True)


@pytest.fixture(scope="module")
def plain(ask: Ask) -> str:
    """The same fields, and nothing confidential."""
    return card_template(ask, is_open=True)


@pytest.fixture
def stranger(desk: Desk) -> Actor:
    """Sees all tickets, and may not read what is confidential."""
    return replace(desk.boss, permissions=desk.boss.permissions - {"ticket.read_confidential"})


@pytest.fixture
def settings(desk: Desk, ask: Ask) -> Iterator[Callable[..., Any]]:
    """Changes settings; they are back at their defaults afterwards."""

    admin = actor("administrator")

    def change(**changes: Any) -> dict[str, Any]:
        version = ask("get_ticket_settings")["version"]
        shown: dict[str, Any] = ask(
            "edit_ticket_settings", actor=admin, changes=changes, version=version
        )
        return shown

    yield change
    with desk.database.begin() as uow:
        uow.session.execute(text("UPDATE ticket_settings SET settings = '{}'"))
        uow.commit()
