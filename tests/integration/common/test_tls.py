"""Broker and database that speak TLS only, with a CA of the test's own: ours get in and trust
nobody else."""

import os
import re
import shutil
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID, uuid4

import amqp
import pika
import pytest
from sqlalchemy.exc import OperationalError

from libs.common.actor import Actor
from libs.common.bus.address import BrokerAddress
from libs.common.bus.connection import connect
from libs.common.bus.rpc_client import RpcClient
from libs.common.config import Config
from libs.common.database.unit_of_work import Database
from libs.common.supervisor.accounts import owned_directory, server_account
from libs.common.supervisor.keys import fresh_keys
from libs.common.supervisor.ports import free_port
from libs.common.supervisor.postgres import LocalPostgres
from libs.common.supervisor.processes import ROOT
from libs.common.supervisor.programs import launcher
from libs.common.supervisor.rabbit import LocalRabbit
from libs.common.supervisor.variables import KEYS
from libs.common.testing.eventually import eventually
from libs.common.testing.processes import Processes
from libs.common.web.certificate import Certificate
from tests.integration.common.looking import ask, heard
from tests.support.certificates import Authority

LI = Actor(UUID(int=1), "李雷", roles=("agent",), permissions=frozenset({"probe.ask", "probe.do"}))
# What is not the name in the servers' certificates, although it leads there.
WRONG_HOST = "127.0.0.1"


@pytest.fixture(scope="module")
def home(run_directory: Path) -> Iterator[Path]:
    """Where servers that refuse root can read their certificates."""
    directory = run_directory / "tls"
    yield owned_directory(directory / "postgres", server_account())
    shutil.rmtree((directory / "postgres").resolve(), ignore_errors=True)


@pytest.fixture(scope="module")
def authority(home: Path) -> Authority:
    return Authority(home / "tls")


@pytest.fixture(scope="module")
def stranger(run_directory: Path) -> Authority:
    """A CA that nobody here trusts."""
    return Authority(run_directory / "tls" / "stranger")


@pytest.fixture(scope="module")
def served(authority: Authority) -> Certificate:
    """The servers' certificate."""
    certificate = authority.issue("localhost")
    if account := server_account():
        os.chown(certificate.key, account.pw_uid, account.pw_gid)
    return certificate


@pytest.fixture(scope="module")
def own(authority: Authority) -> Certificate:
    """What a client shows."""
    return authority.issue("tidedesk")


@pytest.fixture(scope="module")
def database_server(run_directory: Path, served: Certificate) -> Iterator[LocalPostgres]:
    settings = {"ssl": "on", "ssl_cert_file": served.chain, "ssl_key_file": served.key}
    server = LocalPostgres(run_directory / "tls" / "postgres", settings=settings).start()
    yield server
    server.stop()


class EncryptedRabbit(LocalRabbit):
    """A node that also listens by TLS, to those that show a certificate of its own CA."""

    def __init__(self, directory: Path, authority: Authority, served: Certificate) -> None:
        self._tls_port = free_port()
        settings = {
            "listeners.ssl.1": f"127.0.0.1:{self._tls_port}",
            "ssl_options.cacertfile": str(authority.file),
            "ssl_options.certfile": served.chain,
            "ssl_options.keyfile": served.key,
            "ssl_options.verify": "verify_peer",
            "ssl_options.fail_if_no_peer_cert": "true",
        }
        super().__init__(directory, settings=settings)

    def amqps(self, host: str = "localhost", **files: object) -> str:
        uri = self.uri().replace("amqp://", "amqps://")
        uri = uri.replace(f"127.0.0.1:{self.port}", f"{host}:{self._tls_port}")
        return f"{uri}?{urlencode(files)}" if files else uri


@pytest.fixture(scope="module")
def broker_server(
    run_directory: Path, authority: Authority, served: Certificate
) -> Iterator[EncryptedRabbit]:
    server = EncryptedRabbit(run_directory / "tls" / "rabbitmq", authority, served)
    yield server.start()
    server.stop()


@pytest.fixture(scope="module")
def files(authority: Authority, own: Certificate) -> dict[str, str]:
    return {"cacertfile": str(authority.file), "certfile": own.chain, "keyfile": own.key}


@pytest.fixture(scope="module")
def encrypted(
    database_server: LocalPostgres,
    broker_server: EncryptedRabbit,
    authority: Authority,
    own: Certificate,
    run_directory: Path,
) -> dict[str, str]:
    """The environment of an installation that speaks to both by TLS alone."""
    url = database_server.url_for("desk").replace("127.0.0.1", "localhost")
    keys = fresh_keys()
    (run_directory / "tls" / "crash-points").mkdir()
    return {
        "DATABASE_URL": f"{url}?sslmode=verify-full&sslrootcert={authority.file}",
        "AMQP_URI": broker_server.amqps(),
        "AMQP_CA_FILE": str(authority.file),
        "AMQP_CERT_FILE": own.chain,
        "AMQP_KEY_FILE": own.key,
        "CRASH_POINTS_DIR": str(run_directory / "tls" / "crash-points"),
        **{name: keys[name] for name in KEYS},
    }


@pytest.fixture(scope="module")
def probe(encrypted: dict[str, str]) -> Iterator[Database]:
    run_module(encrypted, "libs.common.migrate", "probe")
    database = Database.connect("probe", Config.read(encrypted))
    yield database
    database.close()


def run_module(env: dict[str, str], *module: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", *module],
        env={**os.environ, **env},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_calls_and_events_go_encrypted_all_the_way(
    encrypted: dict[str, str], probe: Database, run_directory: Path
) -> None:
    config = Config.read(encrypted)
    client = RpcClient(config.broker(), config.require_actor_key(), name="test")
    with closing(processes_of(encrypted, run_directory)) as processes, closing(client):
        processes.start(("probe.rpc", "probe.events"))
        keys = [f"sealed {number} {uuid4().hex}" for number in range(50)]
        for key in keys:
            client.command(
                "probe",
                "count",
                {"key": key},
                actor=LI,
                command_id=key,
                request_id="r-1",
                timeout=20,
            )
        eventually(lambda: len(heard(probe, "echo sealed%")) == len(keys), 30)


def processes_of(env: dict[str, str], run_directory: Path) -> Processes:
    return Processes({**os.environ, **env}, run_directory / "tls" / "processes.log")


def test_a_process_does_not_talk_to_a_broker_of_another_name(
    encrypted: dict[str, str],
    broker_server: EncryptedRabbit,
    probe: Database,
    run_directory: Path,
) -> None:
    env = {**encrypted, "AMQP_URI": broker_server.amqps(WRONG_HOST)}
    with closing(processes_of(env, run_directory)) as processes:
        processes.run(launcher("probe.rpc"))
        # Our own connections, and nameko's.
        for waiting in ("relay of probe waits", "Error connecting to broker"):
            reason = rf"{waiting}[^\n]*certificate is not valid for '{WRONG_HOST}'"
            eventually(partial(says, processes, reason), 30)


def says(processes: Processes, pattern: str) -> bool:
    return re.search(pattern, processes.output()) is not None


def test_connections_to_the_database_are_encrypted(probe: Database) -> None:
    (row,) = ask(probe, "SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
    assert row.ssl
    assert row.version in ("TLSv1.2", "TLSv1.3")


def test_the_topology_is_declared_and_pruned_encrypted(encrypted: dict[str, str]) -> None:
    run_module(encrypted, "libs.common.bus.topology", "--declare", "--prune")
    uri = Config.read(encrypted).broker()
    with connect(uri, "test") as connection, connection.channel() as channel:
        channel.queue_declare("ticketing.inbox", passive=True)


def test_the_broker_s_host_must_be_the_one_in_its_certificate(
    broker_server: EncryptedRabbit, files: dict[str, str]
) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="IP address mismatch"):
        connect(broker_server.amqps(WRONG_HOST, **files), "test")
    address = BrokerAddress.parse(broker_server.amqps(WRONG_HOST, **files))
    with pytest.raises(ssl.SSLCertVerificationError, match="IP address mismatch"):
        pika.BlockingConnection(address.for_pika())


def test_a_broker_with_a_stranger_s_certificate_is_refused(
    broker_server: EncryptedRabbit, files: dict[str, str], stranger: Authority
) -> None:
    for trusted in ({"cacertfile": stranger.file}, {}):
        others = {name: path for name, path in files.items() if name != "cacertfile"}
        with pytest.raises(ssl.SSLCertVerificationError, match="verify failed"):
            connect(broker_server.amqps(**others, **trusted), "test")


def test_the_broker_refuses_a_client_without_the_certificate_that_it_asks_for(
    broker_server: EncryptedRabbit, files: dict[str, str], stranger: Authority
) -> None:
    forged = stranger.issue("tidedesk")
    ca = files["cacertfile"]
    for shown in ({}, {"certfile": forged.chain, "keyfile": forged.key}):
        with pytest.raises((OSError, amqp.AMQPError)):
            connect(broker_server.amqps(cacertfile=ca, **shown), "test")


def test_the_database_s_host_must_be_the_one_in_its_certificate(
    encrypted: dict[str, str], probe: Database
) -> None:
    url = encrypted["DATABASE_URL"].replace("localhost", WRONG_HOST)
    database = Database.connect("probe", Config.read({"DATABASE_URL": url}))
    with pytest.raises(OperationalError, match="does not match host name"):
        ask(database, "SELECT 1")


def test_a_database_with_a_stranger_s_certificate_is_refused(
    encrypted: dict[str, str], stranger: Authority, authority: Authority
) -> None:
    url = encrypted["DATABASE_URL"].replace(str(authority.file), str(stranger.file))
    with pytest.raises(OperationalError, match="certificate verify failed"):
        ask(Database.connect("probe", Config.read({"DATABASE_URL": url})), "SELECT 1")
