"""A migrated database of notify's own, a receiver, and webhooks without their shell."""

import os
from collections.abc import Iterator
from contextlib import closing
from itertools import count

import pytest
from sqlalchemy import text

from libs.common.bus.rpc_client import RpcClient
from libs.common.config import Config
from libs.common.database.unit_of_work import Database
from libs.common.supervisor.keys import fresh_keys
from libs.common.testing.databases import Databases
from tests.integration.notify.outside import Outside
from tests.integration.webhooks.hooks import Hooks
from tests.support.webhook_receiver import Receiver

_modules = count(1)


@pytest.fixture(scope="module")
def config(databases: Databases) -> Iterator[Config]:
    label = f"tidedesk_webhooks_{os.getpid()}_{next(_modules)}"
    url = databases.create(label, ["notify"])
    yield Config.read({"DATABASE_URL": url, **fresh_keys()})
    databases.drop(label, ["notify"])


@pytest.fixture(scope="module")
def database(config: Config) -> Iterator[Database]:
    opened = Database.connect("notify", config)
    yield opened
    opened.close()


@pytest.fixture
def hooks(config: Config, database: Database) -> Iterator[Hooks]:
    """No webhooks yet."""
    tables = "webhooks, webhook_deliveries, webhook_streams, endpoints, inbox, inbox_failures"
    with database.engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {tables}"))
    opened = Hooks(config, database)
    yield opened
    opened.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        yield server


@pytest.fixture(scope="module")
def outside(installation: dict[str, str]) -> Outside:
    """For tests of real processes, as the next two."""
    return Outside(installation["AMQP_URI"])


@pytest.fixture(scope="module")
def stored(environment: dict[str, str]) -> Iterator[Database]:
    with closing(Database.connect("notify")) as opened:
        yield opened


@pytest.fixture(scope="module")
def caller(installation: dict[str, str]) -> Iterator[RpcClient]:
    key = bytes.fromhex(installation["ACTOR_KEY"])
    with closing(RpcClient(installation["AMQP_URI"], key)) as client:
        yield client
