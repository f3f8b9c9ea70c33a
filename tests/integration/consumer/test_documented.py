"""The consumers of docs/events.md, run as they stand there, with a team's least rights."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from libs.common.contracts.catalogue import EXAMPLES
from libs.common.testing.eventually import eventually
from tests.integration.consumer.audience import publish

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
NAMEKO = (
    "import warnings; warnings.simplefilter('ignore'); import eventlet; eventlet.monkey_patch();"
    "import os; from nameko.runners import ServiceRunner; import read_events_nameko as m;"
    "settings = {'AMQP_URI': os.environ['AMQP_URI'], 'DECLARE_EVENT_EXCHANGES': False};"
    "runner = ServiceRunner(settings);"
    "runner.add_service(m.Audience); runner.start(); print('ready', flush=True); runner.wait()"
)
NAMES = [re.match(r"# (\w+\.py)", block)[1] for block in BLOCKS]

pytestmark = pytest.mark.services()


@contextmanager
def running(name: str, directory: Path, amqp_uri: str) -> Iterator[Path]:
    """The consumer as a process; yields the file that holds what it printed."""
    (directory / name).write_text(BLOCKS[NAMES.index(name)], encoding="utf-8")
    argv = [sys.executable, "-c", NAMEKO] if "nameko" in name else [sys.executable, name]
    output = directory / "output"
    path = os.pathsep.join([str(directory), str(ROOT)])
    env = {**os.environ, "AMQP_URI": amqp_uri, "PYTHONPATH": path}
    with output.open("w") as file:
        process = subprocess.Popen(argv, cwd=directory, env=env, stdout=file)
        try:
            yield output
        finally:
            process.kill()
            process.wait()


@pytest.mark.parametrize("name", NAMES)
def test_an_outside_team_reads_events(name: str, producer: str, team: str, tmp_path: Path) -> None:
    with running(name, tmp_path, team) as output:

        def heard() -> bool:
            # Again and again: what is published before the consumer has its queue, it misses.
            publish(producer, [1])
            return "ticket.created G" in output.read_text()

        assert eventually(heard, 30, pause=0.3)


def test_every_client_that_is_promised_stands_there() -> None:
    assert {"nameko", "kombu", "pika", "consumer", "replay"} == {
        re.fullmatch(r"read_events_(\w+)\.py", name)[1] for name in NAMES
    }


def follow(team: str, *options: str) -> list[str]:
    command = [sys.executable, "-m", "libs.common.consumer", "follow", "--until-quiet", *options]
    env = {**os.environ, "AMQP_URI": team}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_the_command_prints_events_from_a_time(producer: str, team: str) -> None:
    assert (EXAMPLES / "ticket.solved.json").exists()
    publish(producer, range(20), "ticket.solved")
    publish(producer, range(20), "ticket.reopened")
    printed = follow(team, "--from", "2020-01-01", "--types", "ticket.solved", "clock.*")
    assert len(printed) == 20
    assert all('"type": "ticket.solved"' in line for line in printed)
    assert follow(team, "--from", "2999-01-01") == []


def test_the_command_shows_dead_letters(producer: str, team: str) -> None:
    from libs.common.consumer import Consumer
    from tests.integration.consumer.audience import running as consuming

    def fail(event: object) -> None:
        raise ValueError("of no use")

    command = [sys.executable, "-m", "libs.common.consumer", "dead", "--team", "audience"]

    def run(*options: str) -> str:
        env = {**os.environ, "AMQP_URI": team}
        argv = [*command, "--name", "shown", *options]
        done = subprocess.run(argv, cwd=ROOT, env=env, capture_output=True, text=True)
        return done.stdout

    with consuming(Consumer(team, "audience", "shown", ["ticket.*"], fail, pauses=())):

        def shows() -> bool:
            publish(producer, [1])
            return "ValueError: of no use" in run()

        eventually(shows, 30)
    assert "discarded" in run("--discard")
    assert run() == ""
