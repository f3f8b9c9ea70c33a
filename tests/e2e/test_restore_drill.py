"""The drill: back up under load, go on, lose everything, restore, and count."""

import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from libs.common.supervisor.processes import ROOT
from libs.common.testing.eventually import eventually
from libs.common.testing.processes import Processes
from tests.chaos.responsible import check_clocks, check_loads, check_notices, check_responsibility
from tests.chaos.responsible import rows as rows_of
from tests.demo.desk import Desk, Refused
from tests.e2e.system import (
    SERVICES,
    desk_of,
    outside_of,
    start_everything,
    start_processes,
)

pytestmark = pytest.mark.timeout(400)

BEFORE, DURING, AFTER = 12, 10, 8


class Writers:
    """Customers who hand forms in, one after the other."""

    def __init__(self, env: dict[str, str]) -> None:
        self._form = outside_of(env).form
        self.receipts: list[dict[str, Any]] = []

    def write(self, count: int) -> list[dict[str, Any]]:
        made = [self._form.send(self._one(number), wait=False) for number in range(count)]
        self.receipts.extend(made)
        return made

    def numbers(self, receipts: list[dict[str, Any]]) -> list[str]:
        """When all of them are tickets."""

        def found() -> list[str] | None:
            numbers = [self._form.receipt(one).get("number") for one in receipts]
            return None if None in numbers else [str(number) for number in numbers]

        return list(eventually(found, 60))

    def _one(self, number: int) -> dict[str, Any]:
        return {
            "name": f"顾客{number}",
            "email": f"{uuid4().hex}@example.com",
            "kind": "inquiry",
            "subject": f"咨询 {number}",
            "description": "请问订单什么时候发货?",
            "submission_id": uuid4().hex,
        }


def run(env: dict[str, str], module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False)


def back_up(env: dict[str, str], place: Path) -> Path:
    done = run(env, "libs.common.operations.backup", "--to", str(place))
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.splitlines()[0])


def restore(env: dict[str, str], folder: Path, *arguments: str) -> tuple[int, str]:
    done = run(env, "libs.common.operations.restore", str(folder), *arguments)
    return done.returncode, done.stdout + done.stderr


def with_photo(desk: Desk, number: str) -> str:
    """A note with a file; its attachment's id."""
    attachment_id = desk.upload("照片.txt", "外壳破损".encode(), "text/plain")
    body = {"text": "见附件", "attachment_ids": [attachment_id]}
    desk.ask("POST", f"/tickets/{number}/notes", body)
    return attachment_id


def settle(env: dict[str, str], events_of: Callable[[str], Any]) -> None:
    def nothing_waits() -> bool:
        for service in SERVICES:
            assert events_of(service) == (0, 0), service
        assert rows_of(env, "intake", "SELECT 1 FROM receipts WHERE number IS NULL") == []
        unanswered = "SELECT 1 FROM assignments WHERE state = 'proposed'"
        assert rows_of(env, "dispatch", unanswered) == []
        assert rows_of(env, "dispatch", "SELECT 1 FROM wakes") == []
        return True

    eventually(nothing_waits, 90, pause=0.3)


def test_everything_comes_back_and_what_was_on_its_way_arrives(
    installation: dict[str, str], processes: Processes, tmp_path: Path
) -> None:
    env = dict(installation)
    start_everything(processes, split="services", dispatches=True)
    writers = Writers(env)
    known = writers.numbers(writers.write(BEFORE))
    supervisor = desk_of(env, "CS900")
    attachment_id = with_photo(supervisor, known[0])

    # Nobody reads dispatch's and sla's queues: what is published now stands there at the cut.
    processes.stop("dispatch.rpc", "sla.rpc")
    underway = writers.numbers(writers.write(DURING))
    load = threading.Thread(target=writers.write, args=(DURING,))
    load.start()
    folder = back_up(env, tmp_path / "backups")
    load.join()
    code, said = restore(env, folder, "--replace")
    assert (code, "is running" in said) == (1, True), said

    lost = writers.numbers(writers.write(AFTER))
    processes.stop(*{program.name for program in processes.programs})
    shutil.rmtree(env["BLOB_DIR"])
    code, said = restore(env, folder)
    assert (code, "--replace takes its place" in said) == (1, True), said
    code, said = restore({**env, "INDEX_KEY": "ab" * 32}, folder, "--replace")
    assert (code, "INDEX_KEY" in said) == (1, True), said

    code, said = restore(env, folder, "--replace")
    assert code == 0, said
    assert "ticketing: restored; 0 events" not in said
    start_processes(processes, split="services")
    settle(env, lambda service: waiting(env, service))

    with pytest.raises(Refused) as refusal:
        supervisor.ask("GET", "/session")
    assert refusal.value.status == 401, "logins of that time are over"
    supervisor = desk_of(env, "CS900")
    tickets = {ticket["number"] for ticket in supervisor.all_tickets()}
    assert tickets >= {*known, *underway}
    assert not tickets & set(lost), "they had not been written"
    assert supervisor.download(attachment_id) == "外壳破损".encode()
    check_everything(env, len(tickets))

    fresh = Writers(env)
    again = fresh.numbers(fresh.write(3))
    assert not set(again) & (tickets | set(lost)), "no number is given twice"
    settle(env, lambda service: waiting(env, service))
    check_everything(env, len(tickets) + 3)


def waiting(env: dict[str, str], service: str) -> tuple[int, int]:
    query = "SELECT (SELECT count(*) FROM outbox), (SELECT count(*) FROM inbox_failures)"
    found = rows_of(env, service, query)[0]
    return int(found[0]), int(found[1])


def check_everything(env: dict[str, str], tickets: int) -> None:
    """Each service has the same tickets, and each ticket what belongs to it, once."""
    check_responsibility(env)
    check_loads(env)
    check_clocks(env, tickets)
    check_notices(env)
    receipts = "SELECT DISTINCT ticket_id FROM deliveries WHERE occasion = 'receipt'"
    assert len(rows_of(env, "notify", receipts)) == tickets
    counted = rows_of(env, "reporting", "SELECT count(*) FROM tickets")[0][0]
    assert counted == tickets


def test_a_damaged_backup_is_refused_before_anything_changes(
    installation: dict[str, str], processes: Processes, tmp_path: Path
) -> None:
    """Runs after the drill, on its system."""
    folder = back_up(installation, tmp_path / "backups")
    dump = folder / "ticketing.dump"
    dump.write_bytes(dump.read_bytes()[:-1])
    code, said = restore(installation, folder, "--replace")
    assert (code, "the dump of ticketing is damaged" in said) == (1, True), said
    (folder / "manifest.json").unlink()
    code, said = restore(installation, folder, "--replace")
    assert (code, "holds no manifest.json" in said) == (1, True), said
    assert desk_of(installation, "CS900").all_tickets()
