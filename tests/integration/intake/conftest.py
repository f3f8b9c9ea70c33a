"""A migrated database of intake's own, with its accounts, and the parts that work on it."""

import os
import secrets
from collections.abc import Iterator
from itertools import count

import pytest

from libs.common.config import Config
from libs.common.database.unit_of_work import Database
from libs.common.testing.databases import Databases
from libs.common.testing.processes import Processes
from services.intake import seed
from tests.integration.intake.desk import ADAPTER_KEY, FORM_KEY, Desk
from tests.integration.intake.outside import Outside

_modules = count(1)


@pytest.fixture(scope="module")
def config(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Config]:
    label = f"tidedesk_intake_{os.getpid()}_{next(_modules)}"
    variables = {
        "DATABASE_URL": databases.create(label, ["intake"]),
        "DATABASE_POOL": "20",
        "BLOB_DIR": str(tmp_path_factory.mktemp("blobs")),
        "FIELD_KEYS": f"k1:{secrets.token_hex(32)}",
        **{name: secrets.token_hex(32) for name in ("INDEX_KEY", "THREAD_KEY", "ACTOR_KEY")},
    }
    yield Config.read(variables)
    databases.drop(label, ["intake"])


@pytest.fixture(scope="module")
def database(config: Config) -> Iterator[Database]:
    opened = Database.connect("intake", config)
    keys = {"FORM_KEY": FORM_KEY, "MAIL_ADAPTER_KEY": ADAPTER_KEY}
    seed.seed(opened, keys, config.mail_from)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def desk(config: Config, database: Database) -> Iterator[Desk]:
    opened = Desk(config, database)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def outside(installation: dict[str, str], processes: Processes) -> Iterator[Outside]:
    made = Outside(installation, processes)
    processes.start(("intake.rpc", "intake.events", "intake.jobs"), "intake.door", "intake.smtp")
    yield made
    made.database.close()
