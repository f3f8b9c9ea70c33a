"""The README's ten-line consumers, run as they stand there."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from libs.common.bus.broker_users import rights_of_team, user_of
from libs.common.bus.connection import connect
from libs.common.bus.publisher import ConfirmingChannel, durable_json
from libs.common.contracts.envelope import public_body
from libs.common.supervisor.rabbit import LocalRabbit
from libs.common.testing.eventually import eventually

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / "tests" / "contracts" / "events" / "ticket.created.json"
NAMEKO = (
    "import warnings; warnings.simplefilter('ignore'); import eventlet; eventlet.monkey_patch();"
    "import os; from nameko.runners import ServiceRunner; import read_events_nameko as m;"
    "settings = {'AMQP_URI': os.environ['AMQP_URI'], 'DECLARE_EVENT_EXCHANGES': False};"
    "runner = ServiceRunner(settings);"
    "runner.add_service(m.Audience); runner.start(); print('ready', flush=True); runner.wait()"
)

pytestmark = pytest.mark.services()


def code_of(name: str) -> str:
    """The block of the README that begins with this file name."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    return next(block for block in blocks if block.startswith(f"# {name}"))


@contextmanager
def running(name: str, directory: Path, amqp_uri: str) -> Iterator[Path]:
    """The consumer as a process; yields the file that holds what it printed."""
    (directory / name).write_text(code_of(name), encoding="utf-8")
    argv = [sys.executable, "-c", NAMEKO] if "nameko" in name else [sys.executable, name]
    output = directory / "output"
    env = {**os.environ, "AMQP_URI": amqp_uri, "PYTHONPATH": str(directory)}
    with output.open("w") as file:
        process = subprocess.Popen(argv, cwd=directory, env=env, stdout=file)
        try:
            yield output
        finally:
            process.kill()
            process.wait()


def publish_example(amqp_uri: str) -> None:
    """Publish the stored example of ticket.created as the relay does, public side."""
    body = public_body("ticket.created", EXAMPLE.read_bytes())
    with connect(amqp_uri, "test") as connection:
        channel = ConfirmingChannel(connection)
        message = durable_json(body, message_id=str(uuid4()), type="ticket.created")
        channel.publish("ticketing.events", "ticket.created", message, mandatory=False)
        channel.wait_for_confirms()


@pytest.fixture(scope="module")
def team(installation: dict[str, str], rabbit: Any) -> str:
    """The address for another team, with the rights that we give to one."""
    uri = installation["AMQP_URI"]
    if not isinstance(rabbit, LocalRabbit):
        return uri
    vhost = uri.rpartition("/")[2]
    return rabbit.admit(user_of("audience"), "secret", vhost, rights_of_team("audience"))


@pytest.mark.parametrize(
    "name", ["read_events_nameko.py", "read_events_kombu.py", "read_events_pika.py"]
)
def test_an_outside_team_reads_events(
    name: str, installation: dict[str, str], team: str, tmp_path: Path
) -> None:
    with running(name, tmp_path, team) as output:

        def heard() -> bool:
            # Again and again: what is published before the consumer has its queue, it misses.
            publish_example(installation.get("TICKETING_AMQP_URI", installation["AMQP_URI"]))
            return "ticket.created G" in output.read_text()

        assert eventually(heard, 30, pause=0.3)
