"""The private servers: they keep their data over stops and crashes, and end with their parent."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pika
import psycopg2
import pytest

from libs.common.supervisor.postgres import LocalPostgres
from libs.common.supervisor.processes import ROOT, Supervisor
from libs.common.supervisor.programs import Program
from libs.common.supervisor.rabbit import LocalRabbit
from libs.common.testing.databases import Databases
from libs.common.testing.eventually import eventually

READY = """
import os
from http.server import BaseHTTPRequestHandler, HTTPServer
class Health(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/readyz" else 404)
        self.end_headers()
HTTPServer(("127.0.0.1", int(os.environ["HEALTH_PORT"])), Health).serve_forever()
"""

PARENT = """
import json, os, sys, time
from pathlib import Path
from libs.common.supervisor.postgres import LocalPostgres
from libs.common.supervisor.rabbit import LocalRabbit
home = Path(sys.argv[1])
postgres = LocalPostgres(home / "postgres").start()
rabbit = LocalRabbit(home / "rabbitmq").start()
print(json.dumps([postgres.port, rabbit.port]), flush=True)
time.sleep(120)
"""


@pytest.fixture(scope="module")
def own_postgres(run_directory: Path) -> Iterator[LocalPostgres]:
    server = LocalPostgres(run_directory / "own" / "postgres").start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def own_rabbit(run_directory: Path) -> Iterator[LocalRabbit]:
    server = LocalRabbit(run_directory / "own" / "rabbitmq").start()
    yield server
    server.stop()


def ask(url: str, statement: str) -> object:
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone() if cursor.description else None
        connection.commit()
        return row[0] if row else None


def test_the_cluster_knows_chinese_words(own_postgres: LocalPostgres):
    url = own_postgres.url_for("postgres")
    ask(url, "CREATE EXTENSION IF NOT EXISTS pg_trgm")
    assert ask(url, "SELECT cardinality(show_trgm('登录'))") == 3


def test_a_wrong_password_is_refused(own_postgres: LocalPostgres):
    url = own_postgres.url_for("postgres").replace(own_postgres.password, "wrong")
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(url)


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_committed_rows_outlive_the_server(own_postgres: LocalPostgres, end: str):
    url = own_postgres.url_for("postgres")
    ask(url, f"CREATE TABLE kept_{end} AS SELECT 'tide' AS word")
    getattr(own_postgres, end)()
    assert not own_postgres.is_running
    own_postgres.start()
    assert ask(url, f"SELECT word FROM kept_{end}") == "tide"


def test_a_server_runs_below_a_directory_that_is_closed_to_others(tmp_path: Path):
    tmp_path.chmod(0o700)
    for _ in range(2):  # what an earlier clone at the same place left behind is no obstacle
        server = LocalPostgres(tmp_path / "postgres").start()
        assert ask(server.url_for("postgres"), "SELECT 1") == 1
        server.stop()
        real = _forget(tmp_path / "postgres")
    shutil.rmtree(real, ignore_errors=True)


def _forget(directory: Path) -> Path:
    """Lose the directory, but not what a link in its place leads to."""
    real = directory.resolve()
    if directory.is_symlink():
        directory.unlink()
    else:
        shutil.rmtree(directory)
    return real


def test_data_made_with_another_password_are_named(own_postgres: LocalPostgres):
    own_postgres.stop()
    try:
        with pytest.raises(RuntimeError, match=r"another password: put the old secrets\.json back"):
            LocalPostgres(own_postgres.directory, password="other").start()
    finally:
        own_postgres.start()


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_confirmed_messages_outlive_the_node(own_rabbit: LocalRabbit, end: str):
    own_rabbit.create_vhost(end)
    address = pika.URLParameters(own_rabbit.uri(end))
    with pika.BlockingConnection(address) as connection:
        channel = connection.channel()
        channel.queue_declare("kept", durable=True, arguments={"x-queue-type": "quorum"})
        channel.confirm_delivery()
        channel.basic_publish("", "kept", b"tide")
    # RabbitMQ before 4 writes the name of a new quorum queue half a second late.
    eventually(lambda: f"{end}_kept".encode() in _names(own_rabbit.directory))
    getattr(own_rabbit, end)()
    assert not own_rabbit.is_running
    own_rabbit.start()
    with pika.BlockingConnection(address) as connection:
        channel = connection.channel()
        assert eventually(lambda: channel.basic_get("kept", auto_ack=True)[2]) == b"tide"


def _names(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in home.glob("mnesia/**/names.dets"))


def test_vhosts_come_and_go(own_rabbit: LocalRabbit):
    own_rabbit.create_vhost("tide/1")
    address = pika.URLParameters(own_rabbit.uri("tide/1"))
    pika.BlockingConnection(address).close()
    own_rabbit.delete_vhost("tide/1")
    with pytest.raises(pika.exceptions.AMQPConnectionError):
        pika.BlockingConnection(address)


def test_a_vhost_name_that_is_no_plain_word_is_refused(own_rabbit: LocalRabbit):
    with pytest.raises(ValueError, match="vhost"):
        own_rabbit.create_vhost('a">>), init:stop().')


def test_servers_end_when_their_parent_is_killed(run_directory: Path):
    home = run_directory / "orphans"
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(home)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        json.loads(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
    eventually(lambda: not _processes_that_name(home), timeout=30)


def _processes_that_name(home: Path) -> list[str]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        try:
            command = entry.with_name("cmdline").read_bytes() + entry.read_bytes()
        except OSError:
            continue
        if os.fsencode(home) in command:
            found.append(entry.parent.name)
    return found


def test_a_process_is_awaited_by_its_health(own_postgres: LocalPostgres):
    supervisor = Supervisor(os.environ, write_line=lambda line: None)
    try:
        supervisor.run(Program("web", (sys.executable, "-c", READY)))
        supervisor.wait_ready("web")
        port = supervisor.health_port("web")
        supervisor.kill("web")
        supervisor.wait_ready("web")
        assert supervisor.health_port("web") == port
    finally:
        supervisor.stop()


def test_a_module_gets_databases_and_a_vhost_of_its_own(installation: dict[str, str]):
    pika.BlockingConnection(pika.URLParameters(installation["AMQP_URI"])).close()
    assert ask(installation["DATABASE_URL"] + "_ticketing", "SELECT 1") == 1


def test_a_copy_does_not_see_what_another_wrote(databases: Databases):
    one = databases.create("copy_one", ["ticketing"])
    ask(one + "_ticketing", "CREATE TABLE mine AS SELECT 1")
    other = databases.create("copy_other", ["ticketing"])
    assert ask(other + "_ticketing", "SELECT to_regclass('mine') IS NULL") is True
    for prefix in ("copy_one", "copy_other"):
        databases.drop(prefix, ["ticketing"])
