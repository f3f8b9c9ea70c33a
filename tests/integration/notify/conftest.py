"""A migrated database of notify's own, a mail server that fails as it is told, and a desk."""

import os
from collections.abc import Iterator
from contextlib import closing
from itertools import count

import pytest
from sqlalchemy import text

from libs.common.bus.rpc_client import RpcClient
from libs.common.config import Config
from libs.common.database.unit_of_work import Database
from libs.common.http import OutboundHttp, parse_networks
from libs.common.supervisor.keys import fresh_keys
from libs.common.testing.databases import Databases
from tests.integration.notify.asking import Asking
from tests.integration.notify.desk import Desk
from tests.integration.notify.outside import Outside
from tests.support.sms_sink import SmsSink
from tests.support.smtp_sink import SmtpSink
from tests.support.vendors.aliyun import Aliyun
from tests.support.vendors.dingtalk import DingTalk
from tests.support.vendors.tencent import Tencent
from tests.support.vendors.wecom import WeCom

_modules = count(1)


@pytest.fixture(scope="module")
def config(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Config]:
    label = f"tidedesk_notify_{os.getpid()}_{next(_modules)}"
    url = databases.create(label, ["notify"])
    blobs = tmp_path_factory.mktemp("blobs")
    yield Config.read({"DATABASE_URL": url, "BLOB_DIR": str(blobs), **fresh_keys()})
    databases.drop(label, ["notify"])


@pytest.fixture(scope="module")
def database(config: Config) -> Iterator[Database]:
    opened = Database.connect("notify", config)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def running_sink(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmtpSink]:
    with SmtpSink(tmp_path_factory.mktemp("sink")) as sink:
        yield sink


@pytest.fixture
def sink(running_sink: SmtpSink) -> SmtpSink:
    """Behaves well and has no mails yet."""
    running_sink.forget()
    return running_sink


@pytest.fixture(scope="module")
def running_sms(config: Config) -> Iterator[SmsSink]:
    with SmsSink(config.sms_key) as sink:
        yield sink


@pytest.fixture
def sms(running_sms: SmsSink) -> SmsSink:
    """Behaves well and was asked nothing yet."""
    running_sms.forget()
    return running_sms


@pytest.fixture
def desk(config: Config, database: Database, sink: SmtpSink, sms: SmsSink) -> Iterator[Desk]:
    """An empty notify that sends to the sinks."""
    tables = (
        "addresses, contact_copies, delivery_keys, deliveries, notices, codes, outbox, promises, "
        "preferences, ticket_copies, person_contacts, templates, directory_people, directory_groups"
    )
    with database.engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {tables}"))
        connection.execute(text("DELETE FROM rules WHERE NOT is_shipped"))
        connection.execute(text("UPDATE rule_book SET revision = revision + 1"))
    opened = Desk(config, database, smtp_url=sink.url, sms_url=sms.url)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def outside(installation: dict[str, str]) -> Outside:
    """For tests of real processes, as the next two."""
    return Outside(installation["AMQP_URI"])


@pytest.fixture(scope="module")
def stored(environment: dict[str, str]) -> Iterator[Database]:
    with closing(Database.connect("notify")) as database:
        yield database


@pytest.fixture(scope="module")
def caller(installation: dict[str, str]) -> Iterator[RpcClient]:
    key = bytes.fromhex(installation["ACTOR_KEY"])
    with closing(RpcClient(installation["AMQP_URI"], key)) as client:
        yield client


@pytest.fixture
def asking(desk: Desk) -> Asking:
    with desk.database.engine.begin() as connection:
        connection.execute(text("TRUNCATE surveys"))
        connection.execute(text("UPDATE survey_settings SET changes = '{}'"))
    return Asking(desk)


@pytest.fixture
def http() -> OutboundHttp:
    """May call local providers."""
    return OutboundHttp(parse_networks("127.0.0.0/8"))


@pytest.fixture
def aliyun() -> Iterator[Aliyun]:
    with Aliyun() as server:
        yield server


@pytest.fixture
def tencent() -> Iterator[Tencent]:
    with Tencent() as server:
        yield server


@pytest.fixture
def dingtalk() -> Iterator[DingTalk]:
    with DingTalk() as server:
        yield server


@pytest.fixture
def we() -> Iterator[WeCom]:
    with WeCom() as server:
        yield server
