"""The real processes: deaths between intent and outcome, and while sealing."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from gateway.audit.checkpoints import FILE, read_checkpoints
from gateway.audit.settings import SealKeys
from gateway.audit.settling import settle_unfinished
from gateway.seed import seed_staff
from libs.common.config import REFUSED, Config
from libs.common.database.unit_of_work import Database
from libs.common.supervisor.processes import ROOT
from libs.common.testing.eventually import eventually
from libs.common.testing.processes import Processes
from tests.support.audit import Log, entry_of
from tests.support.gateway import PASSWORD

pytestmark = pytest.mark.services("gateway")


@pytest.fixture(scope="module")
def log(installation: dict[str, str]) -> Iterator[Log]:
    database = Database.connect("gateway", Config.read(installation))
    with database.begin() as uow:
        seed_staff(uow, {"agent": PASSWORD})
        uow.commit()
    yield Log(database, SealKeys.read(installation))
    database.close()


@pytest.fixture(scope="module")
def sealing(processes: Processes) -> Processes:
    processes.start("gateway.jobs")
    return processes


def positions(log: Log) -> list[int]:
    return [row[0] for row in log.rows("SELECT position FROM audit_entries ORDER BY position")]


def is_sealed(log: Log) -> bool:
    return log.rows("SELECT count(*) FROM audit_tail") == [(0,)]


@pytest.mark.parametrize("crash_point", ["before_seal_commit", "after_seal_commit"])
def test_a_sealer_that_dies_seals_everything_once(
    sealing: Processes, log: Log, crash_point: str
) -> None:
    eventually(lambda: is_sealed(log))
    before = positions(log)
    sealing.arm(crash_point, "gateway.jobs")
    log.write(*(entry_of() for _ in range(20)))
    eventually(lambda: not sealing.is_armed(crash_point, "gateway.jobs"), 30)
    eventually(lambda: is_sealed(log), 30)
    assert positions(log) == [*before, *range(len(before) + 1, len(before) + 21)]
    assert log.problems() == []


def test_several_replicas_seal_one_chain(sealing: Processes, log: Log) -> None:
    sealing.stop("gateway.jobs")
    sealing.start("gateway.jobs", replicas=2)
    before = len(positions(log))
    for _ in range(30):
        log.write(*(entry_of() for _ in range(10)))
    eventually(lambda: is_sealed(log), 30)
    assert len(positions(log)) == before + 300
    assert log.problems() == []


def test_the_newest_seal_is_exported_and_agrees_with_the_log(
    sealing: Processes, log: Log, installation: dict[str, str]
) -> None:
    log.write(entry_of())
    file = Path(installation["AUDIT_CHECKPOINT_DIR"]) / FILE
    # Once a minute, and soon after the start.
    eventually(file.exists, 90, pause=0.5)
    checkpoints = list(read_checkpoints(file))
    assert checkpoints
    assert log.problems(checkpoints=checkpoints) == []


def test_a_sealer_without_a_key_does_not_start(installation: dict[str, str]) -> None:
    env = {**installation, "AUDIT_KEY": "", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "libs.common.launcher", "gateway.jobs"]
    ended = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == REFUSED, ended.stderr
    assert "AUDIT_KEY" in ended.stderr


class App:
    """An app with a token."""

    def __init__(self, installation: dict[str, str]) -> None:
        self._base = f"http://127.0.0.1:{installation['GATEWAY_PORT']}/api/v1"
        person = {"login": "CS001", "password": PASSWORD}
        opened = requests.post(f"{self._base}/tokens", json=person, timeout=30)
        self._headers = {"Authorization": f"Bearer {opened.json()['token']}"}

    def ping(self, request_id: str) -> int:
        headers = {**self._headers, "X-Request-Id": request_id}
        return requests.post(f"{self._base}/ping", headers=headers, timeout=30).status_code


def entries_of(log: Log, request_id: str) -> list[tuple[str, str | None]]:
    query = (
        "SELECT phase, outcome FROM audit_tail WHERE request_id = :id UNION ALL "
        "SELECT phase, outcome FROM audit_entries WHERE request_id = :id ORDER BY phase"
    )
    return [tuple(row) for row in log.rows(query, id=request_id)]


@pytest.fixture(scope="module")
def answering(sealing: Processes, log: Log) -> Processes:
    sealing.start("gateway.web")
    return sealing


def test_a_death_between_intent_and_outcome_leaves_the_outcome_unknown(
    answering: Processes, log: Log, installation: dict[str, str]
) -> None:
    app = App(installation)
    assert app.ping("request-alive") == 204
    eventually(lambda: entries_of(log, "request-alive") == [("intent", None), ("outcome", "done")])
    answering.arm("after_intent", "gateway.web")
    with pytest.raises(requests.ConnectionError):
        app.ping("request-dying")
    assert entries_of(log, "request-dying") == [("intent", None)]
    with log.as_owner_of_the_server() as connection:
        for table in ("audit_tail", "audit_entries"):
            connection.exec_driver_sql(
                f"UPDATE {table} SET occurred_at = occurred_at - interval '11 minutes' "
                "WHERE request_id = 'request-dying'"
            )
        connection.exec_driver_sql(
            "UPDATE audit_state SET settled_until = now() - interval '1 hour'"
        )
    settle_unfinished(log.database)
    assert entries_of(log, "request-dying") == [("intent", None), ("outcome", "unknown")]


def test_a_graceful_end_writes_every_outcome(
    answering: Processes, log: Log, installation: dict[str, str]
) -> None:
    app = App(installation)
    names = [f"request-{number:04}" for number in range(60)]
    for name in names:
        assert app.ping(name) == 204
    answering.stop("gateway.web")
    for name in names:
        assert entries_of(log, name) == [("intent", None), ("outcome", "done")]


def test_the_verification_is_a_command(
    sealing: Processes, log: Log, installation: dict[str, str]
) -> None:
    sealing.stop("gateway.jobs")
    log.seal()
    command = [sys.executable, "-m", "gateway.audit.verify"]

    def verify(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, *arguments], env=installation, cwd=ROOT, capture_output=True, text=True
        )

    # The entry that the test above has moved into the past was altered indeed.
    found = verify()
    assert found.returncode in (0, 1), found.stderr
    last = log.rows("SELECT max(number) FROM audit_seals")[0][0]
    log.append(3)
    since = verify("--since", str(last + 1))
    assert since.returncode == 0, since.stdout + since.stderr
    assert "3 entries" in since.stdout
    assert "nothing is wrong" in since.stdout
    with log.as_owner_of_the_server() as connection:
        connection.exec_driver_sql(
            "UPDATE audit_entries SET address = 'x' "
            "WHERE position = (SELECT max(position) FROM audit_entries)"
        )
    broken = verify("--since", str(last + 1))
    assert broken.returncode == 1
    assert "was altered" in broken.stdout
    assert verify("--since", "2999-01-01").returncode == 2
    assert verify("--since", "soon").returncode == 2
    noted = log.rows("SELECT problems FROM audit_verifications ORDER BY verified_at DESC LIMIT 1")
    assert noted == [(1,)]
