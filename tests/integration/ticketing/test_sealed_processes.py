"""Real processes with TICKET_BODIES=sealed: the work goes on, the words stay out of the database,
and keys change under way, though a process dies over it.
"""

import secrets
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from libs.common.config import Config
from libs.common.crypto.key_ring import parse_keys
from libs.common.crypto.rotation import PLATFORM, find_key_ids
from libs.common.crypto.sealed_columns import declared_by
from libs.common.database.unit_of_work import Database
from libs.common.supervisor.processes import ROOT
from libs.common.testing.eventually import eventually
from libs.common.testing.processes import Processes
from services.ticketing.queries.ticket_pages import get_ticket
from tests.integration.common.wire import Ear
from tests.integration.ticketing.desk import message
from tests.integration.ticketing.test_processes import BOSS, count, numbers
from tests.support.dump import places_of
from tests.support.outside import Outside

pytestmark = pytest.mark.services("ticketing")

CAME, HTML, ANSWER = "杯子碎了,寄到人民路八号", "<b>碎</b>了", "我们今天补寄一个"
SOLUTION, REASON = "新杯子已经签收", "客户说还是碎的"
ROLES = ("ticketing.rpc", "ticketing.events", "ticketing.jobs")


class KeyRoom:
    """The operator: changes the file that all processes read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.keys: dict[str, str] = {}

    def write(self, *names: str) -> None:
        """These keys in this order, as a new file under the old name."""
        for name in names:
            self.keys.setdefault(name, secrets.token_hex(32))
        fresh = self.path.with_suffix(".fresh")
        fresh.write_text("".join(f"{name}:{self.keys[name]}\n" for name in names))
        fresh.rename(self.path)


@pytest.fixture(scope="module")
def room(installation: dict[str, str]) -> KeyRoom:
    made = KeyRoom(Path(installation["CRASH_POINTS_DIR"]).parent / "field-keys")
    made.write("k1")
    return made


@pytest.fixture(scope="module")
def variables(installation: dict[str, str], room: KeyRoom) -> dict[str, str]:
    own = {"FIELD_KEYS": "", "FIELD_KEYS_FILE": str(room.path), "TICKET_BODIES": "sealed"}
    return {**installation, **own}


@pytest.fixture(scope="module")
def outside(variables: dict[str, str], processes: Processes) -> Iterator[Outside]:
    made = Outside(variables, "ticketing", BOSS)
    processes.start(*ROLES, env=variables)
    with closing(made):
        yield made


@pytest.fixture(scope="module")
def stored(variables: dict[str, str]) -> Iterator[Database]:
    with closing(Database.connect("ticketing", Config.read(variables))) as database:
        yield database


@pytest.fixture
def ear(variables: dict[str, str]) -> Iterator[Ear]:
    with closing(Ear(variables["AMQP_URI"], "ticketing.private", "ticket.*")) as made:
        yield made


def live(outside: Outside, stored: Database) -> str:
    """Opened by a message, answered, solved, reopened, solved again; returns its number."""
    came = message(text=CAME, html=HTML)
    outside.tell(came)
    [number] = eventually(lambda: numbers(stored, came), 30)
    outside.command("reply", number=number, text=ANSWER)
    assert outside.command("solve_ticket", number=number, text="还没有结果")["solution"]
    outside.command("reopen_ticket", number=number, reason=REASON)
    solved = outside.command("solve_ticket", number=number, text=SOLUTION)
    assert solved["solution"] == SOLUTION
    return number


def told(shown: dict[str, Any]) -> list[str]:
    return [item["text"] for item in shown["timeline"]["items"] if item["text"]]


def key_ids(stored: Database) -> set[str]:
    """Under which keys anything is sealed."""
    columns = (*PLATFORM, *declared_by("ticketing")[0])
    with stored.engine.connect() as connection:
        return {one for column in columns for one in find_key_ids(connection, column)}


def check(variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """What the operator asks before the old key goes."""
    command = [sys.executable, "-m", "libs.common.crypto.rotation", "--check", "ticketing"]
    return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True)


def all_hold(processes: Processes, **keys: int) -> bool:
    """Whether each process says that it has just these; 1 is the one that encrypts."""
    return all(_held_keys(processes, role) == keys for role in ROLES)


def _held_keys(processes: Processes, role: str) -> dict[str, float]:
    port = processes.health_port(role)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        lines = answer.read().decode().splitlines()
    samples = [line.split() for line in lines if line.startswith("tidedesk_field_key{")]
    return {name.split('"')[1]: float(value) for name, value in samples}


def test_the_work_goes_on_and_the_words_stay_out_of_the_database(
    outside: Outside, stored: Database, ear: Ear
) -> None:
    number = live(outside, stored)
    shown = outside.ask("get_ticket", number=number)
    assert told(shown) == [CAME, ANSWER, "还没有结果", SOLUTION]
    assert shown["solution"] == SOLUTION
    reopened = [item["event"] for item in shown["timeline"]["items"] if item["event"]]
    assert REASON in [event.get("reason") for event in reopened]
    # What notify makes the customer's mails of.
    heard = {event["type"]: event["data"] for event in ear.take(5)}
    assert heard["ticket.replied"]["text"] == ANSWER
    assert heard["ticket.solved"]["text"] == SOLUTION
    eventually(lambda: count(stored, "SELECT count(*) FROM outbox") == 0, 30)
    for words in (CAME, HTML, ANSWER, SOLUTION, REASON):
        assert places_of(stored, words) == []


def test_keys_change_while_processes_run_and_one_dies_over_it(
    outside: Outside,
    stored: Database,
    processes: Processes,
    room: KeyRoom,
    variables: dict[str, str],
) -> None:
    number = live(outside, stored)
    once = {"command_id": "before-the-change", "number": number, "text": "再问一下"}
    outside.command("reopen_ticket", number=number, reason=REASON)
    entry = outside.command("reply", **once)
    before = outside.ask("get_ticket", number=number)
    room.write("k1", "k2")
    eventually(lambda: all_hold(processes, k1=1, k2=0))
    assert key_ids(stored) == {"k1"}
    processes.arm("after_reseal_before_commit", "ticketing.jobs")
    room.write("k2", "k1")
    eventually(lambda: not processes.is_armed("after_reseal_before_commit", "ticketing.jobs"), 30)
    eventually(lambda: key_ids(stored) == {"k2"}, 60)
    found = check(variables)
    assert found.returncode == 0, found.stdout
    assert "ticketing timeline_entries.sealed: k2 " in found.stdout
    assert "stale" not in found.stdout
    room.write("k2")
    eventually(lambda: all_hold(processes, k2=1))
    assert outside.ask("get_ticket", number=number) == before
    assert outside.command("reply", **once) == entry
    assert live(outside, stored) != number


def test_what_was_written_plainly_is_sealed_though_a_process_dies_over_it(
    outside: Outside,
    stored: Database,
    processes: Processes,
    variables: dict[str, str],
) -> None:
    processes.stop(*ROLES)
    processes.start(*ROLES, env={**variables, "TICKET_BODIES": "plain"})
    number = live(outside, stored)
    before = outside.ask("get_ticket", number=number)
    eventually(lambda: count(stored, "SELECT count(*) FROM outbox") == 0, 30)
    assert places_of(stored, CAME) == ["timeline_entries"]
    assert places_of(stored, SOLUTION) == ["tickets", "timeline_entries"]
    assert " not sealed (TICKET_BODIES)" in check(variables).stdout
    processes.stop("ticketing.jobs")
    processes.arm("after_sealing_before_commit", "ticketing.jobs")
    processes.start("ticketing.jobs", env=variables)
    eventually(lambda: not processes.is_armed("after_sealing_before_commit", "ticketing.jobs"), 30)
    eventually(lambda: not places_of(stored, CAME) and not places_of(stored, SOLUTION), 60)
    assert "ticketing timeline_entries: 0 not sealed" in check(variables).stdout
    # The other processes, which seal nothing themselves, read it.
    assert outside.ask("get_ticket", number=number) == before


def test_a_process_reads_with_the_new_key_alone(stored: Database, room: KeyRoom) -> None:
    assert list(parse_keys(room.path.read_text())) == ["k2"]
    with stored.begin(read_only=True) as uow:
        query = text("SELECT number FROM tickets ORDER BY created_at LIMIT 1")
        number = uow.session.execute(query).scalar_one()
        assert told(get_ticket(uow, BOSS, number))[0] == CAME
