"""The probe service of tests/support: importable here, and in the processes that tests start."""

import os
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pika
import pytest

from libs.common.bus.rpc_client import RpcClient
from libs.common.config import Config
from libs.common.database.unit_of_work import Database
from libs.common.testing.databases import Databases
from libs.common.testing.named_servers import NamedRabbit
from tests.integration.common.looking import tell
from tests.integration.common.wire import Wire

# `services` is a namespace package: the probe stands beside the real ones.
_PROBE = str(Path(__file__).parents[2] / "support" / "probe")
sys.path.insert(0, _PROBE)

_modules = count(1)


@pytest.fixture(scope="session", autouse=True)
def _probe_in_processes() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", _PROBE)
        yield


@pytest.fixture(scope="module")
def database(databases: Databases) -> Iterator[Database]:
    """The probe's database for tests that need no broker."""
    label = f"tidedesk_probe_{os.getpid()}_{next(_modules)}"
    url = databases.create(label, ["probe"])
    opened = Database.connect("probe", Config.read({"DATABASE_URL": url}))
    yield opened
    opened.close()
    databases.drop(label, ["probe"])


@pytest.fixture
def empty(database: Database) -> Database:
    """The same, without what earlier tests left in it."""
    tell(database, "TRUNCATE outbox, inbox, inbox_failures, commands, timers, counts, heard")
    return database


@pytest.fixture(scope="module")
def installation(installation: dict[str, str], rabbit: Any) -> dict[str, str]:
    """The module's installation; in a vhost that is not its own, without the probe's old queues."""
    if isinstance(rabbit, NamedRabbit):
        parameters = pika.URLParameters(installation["AMQP_URI"])
        with pika.BlockingConnection(parameters) as connection:
            channel = connection.channel()
            for queue in ("rpc-probe", "probe.inbox", "probe.wanted"):
                channel.queue_delete(queue)
    return installation


@pytest.fixture(scope="module")
def probe(installation: dict[str, str]) -> Iterator[Database]:
    """The probe's database in the module's installation, beside its running processes."""
    opened = Database.connect("probe", Config.read(installation))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def key(installation: dict[str, str]) -> bytes:
    return bytes.fromhex(installation["ACTOR_KEY"])


@pytest.fixture(scope="module")
def client(installation: dict[str, str], key: bytes) -> Iterator[RpcClient]:
    """Ours, at the module's broker."""
    made = RpcClient(installation["AMQP_URI"], key, name="test")
    yield made
    made.close()


@pytest.fixture
def wire(installation: dict[str, str]) -> Iterator[Wire]:
    made = Wire(installation["AMQP_URI"])
    yield made
    made.close()
