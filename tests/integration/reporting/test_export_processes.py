"""Exports by the real processes: memory that does not grow, deaths on the way, cancelling."""

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from sqlalchemy import create_engine, text

from libs.common.blobs import open_blobs
from libs.common.bus.connection import connect
from libs.common.bus.rpc_client import RpcClient
from libs.common.bus.topology import committed, declare, generate
from libs.common.clock import utc_now
from libs.common.config import Config
from libs.common.database.unit_of_work import Database
from libs.common.ids import uuid7
from libs.common.testing.eventually import eventually
from libs.common.testing.processes import Processes
from services.reporting.service.exporting import ROLE
from services.reporting.use_cases.exports import claim_export
from tests.integration.reporting.counting import BOSS

pytestmark = pytest.mark.services("reporting")

LINES = 8_000
FEW, SOME = {"unit": "month", "from": "2026-01-01"}, {"unit": "month", "from": "2026-02-01"}
MANY = {"unit": "month", "from": "2026-03-01"}
_TICKETS = """
INSERT INTO tickets (ticket_id, facts_from, number, seq, status, status_category, customer_id,
    created_at)
SELECT md5(n::text)::uuid, at, 'G' || n, 1, 'resolved', 'solved', md5('c' || n)::uuid, at
FROM generate_series(1, :lines + 3000) AS n,
    LATERAL (SELECT CASE WHEN n <= :lines THEN timestamptz '2026-03-01 00:00+08'
        WHEN n <= :lines + 2500 THEN timestamptz '2026-02-01 00:00+08'
        ELSE timestamptz '2026-01-01 00:00+08' END + n * interval '1 second' AS at) AS day
"""
_ACTS = """
INSERT INTO acts (ticket_id, what, nth, at, day, kind, channel, urgency, is_first,
    is_single_contact, is_reopened, was_overdue, is_settled, is_answered)
SELECT ticket_id, 'created', 1, created_at, (created_at AT TIME ZONE 'Asia/Shanghai')::date,
    'inquiry', 'mail', 'normal', false, false, false, false, false, false
FROM tickets
"""
# The kernel's figure for the module alone: what wait4 tells of a child begins at its parent's size.
_WEIGHED = """
import runpy
try:
    runpy.run_module("services.reporting.service.exporting", run_name="__main__", alter_sys=True)
finally:
    with open("/proc/self/status") as status:
        print(*(line for line in status if line.startswith("VmHWM:")))
"""


class Outside:
    """The gateway, as far as exports see it."""

    def __init__(self, installation: dict[str, str]) -> None:
        self.config = Config.read(installation)
        self.blobs = open_blobs(self.config, installation)
        self.rpc = RpcClient(installation["AMQP_URI"], bytes.fromhex(installation["ACTOR_KEY"]))

    def order(self, **values: Any) -> str:
        return self.do("create_export", values=values)["export_id"]

    def do(self, method: str, **arguments: Any) -> Any:
        given = {"actor": BOSS, "command_id": str(uuid7()), "request_id": "r"}
        return self.rpc.command("reporting", method, arguments, **given)

    def state(self, export_id: str) -> dict[str, Any]:
        arguments = {"export_id": export_id}
        return self.rpc.query("reporting", "get_export", arguments, actor=BOSS, request_id="r")

    def ended(self, export_id: str) -> dict[str, Any]:
        found: dict[str, Any] = eventually(lambda: self._ended(export_id) or {}, timeout=150)
        return found

    def _ended(self, export_id: str) -> dict[str, Any] | None:
        found = self.state(export_id)
        return found if found["status"] not in ("waiting", "running") else None

    def file(self, export_id: str) -> bytes:
        arguments = {"export_id": export_id}
        found = self.rpc.query(
            "reporting", "get_export_file", arguments, actor=BOSS, request_id="r"
        )
        return self.blobs.read(found["blob_key"])

    def let_lease_run_out(self, export_id: str) -> None:
        """As if whoever wrote it had said nothing for long; the pulse of a living one goes on."""
        past = (
            "UPDATE exports SET leased_until = now() WHERE export_id = :id AND status = 'running'"
        )
        with (
            closing(Database.connect("reporting", self.config)) as database,
            database.begin() as uow,
        ):
            uow.session.execute(text(past), {"id": export_id})
            uow.commit()

    def files(self) -> int:
        root = Path(self.config.blob_dir) / "reporting"
        return len([one for one in root.rglob("*") if one.is_file()])


@pytest.fixture(scope="module")
def filled(installation: dict[str, str]) -> dict[str, str]:
    engine = create_engine(Config.read(installation).database_url("reporting"))
    with engine.begin() as connection:
        connection.execute(text(_TICKETS), {"lines": LINES})
        connection.execute(text(_ACTS))
    engine.dispose()
    return installation


@pytest.fixture(scope="module")
def outside(filled: dict[str, str], processes: Processes) -> Iterator[Outside]:
    with connect(filled["AMQP_URI"], "outside") as connection:
        declare(connection.channel(), generate(committed()))
    made = Outside(filled)
    processes.start("reporting.rpc", "reporting.jobs")
    with closing(made.rpc):
        yield made


def tickets(period: Any, kind: str = "xlsx") -> dict[str, Any]:
    return {"kind": kind, "what": "tickets", "tickets": {"metric": "new", "period": period}}


def lines_of(content: bytes) -> list[Any]:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    return list(book["工单明细"].iter_rows(min_row=2, values_only=True))


def test_all_lines_come_out_in_their_order(outside: Outside):
    export_id = outside.order(**tickets(MANY))
    assert outside.ended(export_id)["rows"] == LINES
    rows = lines_of(outside.file(export_id))
    assert [row[0] for row in rows] == [f"G{n}" for n in range(LINES, 0, -1)]
    assert all(isinstance(row[6], datetime) for row in rows)


@pytest.mark.parametrize("point", ["amid_export", "after_export_stored"])
def test_a_writer_that_dies_is_followed_by_another(outside: Outside, processes: Processes, point):
    before = outside.files()
    processes.arm(point, ROLE)
    export_id = outside.order(**tickets(SOME, "csv"))
    assert outside.ended(export_id)["status"] == "done"
    assert not processes.is_armed(point, ROLE)
    assert outside.file(export_id).count(b"\r\n") == 2_500 + 1
    # What the first one had stored names nobody, and is swept after two days.
    assert outside.files() - before == (2 if point == "after_export_stored" else 1)


def test_writers_do_not_outlive_whoever_started_them(outside: Outside, processes: Processes):
    export_id = outside.order(**tickets(MANY))
    eventually(lambda: outside.state(export_id)["status"] == "running")
    processes.kill("reporting.jobs")
    outside.let_lease_run_out(export_id)
    assert outside.ended(export_id)["status"] == "done"
    assert outside.ended(export_id)["rows"] == LINES


def test_a_cancelled_export_stops(outside: Outside):
    before = outside.files()
    export_id = outside.order(**tickets(MANY))
    eventually(lambda: outside.state(export_id)["status"] == "running")
    outside.do("remove_export", export_id=export_id)
    other = outside.order(**tickets(FEW, "csv"))
    assert outside.ended(other)["rows"] == 500
    assert outside.state(export_id)["status"] == "cancelled"
    eventually(lambda: outside.files() - before == 1)


def test_memory_does_not_grow_with_the_lines(filled: dict[str, str]):
    few, many = (peak(filled, period) for period in (FEW, MANY))
    assert many - few < 12 * 1024, (few, many)


def peak(installation: dict[str, str], period: Any) -> int:
    """KiB that a writer takes at most."""
    database = Database.connect("reporting", Config.read(installation))
    with closing(database):
        _add(database, tickets(period))
        owner = uuid4()
        export_id = claim_export(database, owner, utc_now())
        command = [sys.executable, "-c", _WEIGHED, str(export_id), str(owner)]
        with subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **installation},
        ) as child:
            assert child.stdout is not None
            said = child.stdout.read()
        assert child.returncode == 0
        return int(said.split()[-2])


def _add(database: Database, wanted: dict[str, Any]) -> None:
    from services.reporting.service.export_arguments import export_of
    from services.reporting.use_cases.exports import create_export

    values = export_of(wanted, utc_now().date())
    assert BOSS.subject is not None
    with database.begin() as uow:
        uow.session.execute(text("TRUNCATE exports"))
        create_export(uow, utc_now(), BOSS, BOSS.subject, values)
        uow.commit()
