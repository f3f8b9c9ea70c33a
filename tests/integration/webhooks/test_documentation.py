"""The receiver of docs/webhooks.md, run as it stands there."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from libs.common.contracts.ticketing import TicketCreated
from libs.common.testing.eventually import eventually
from services.notify.storage.webhook_log import replay_one
from services.notify.use_cases import edit_webhooks
from tests.integration.webhooks.hooks import Hooks, event

ROOT = Path(__file__).resolve().parents[3]
NAME = "receive_webhooks.py"

Start = Callable[[str], Path]


def documented() -> str:
    """The block of the page that begins with the file's name."""
    page = (ROOT / "docs" / "webhooks.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    return next(block for block in blocks if block.startswith(f"# {NAME}"))


@pytest.fixture
def port() -> int:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
        return number


@pytest.fixture
def start(tmp_path: Path, port: int) -> Iterator[Start]:
    started: list[subprocess.Popen[bytes]] = []

    def begin(secret: str) -> Path:
        (tmp_path / NAME).write_text(documented(), encoding="utf-8")
        env = {**os.environ, "WEBHOOK_SECRET": secret, "PORT": str(port)}
        output = tmp_path / "output"
        with output.open("w") as file:
            argv = [sys.executable, NAME]
            started.append(subprocess.Popen(argv, cwd=tmp_path, env=env, stdout=file, stderr=file))
        eventually(lambda: _listens(port), trouble=(OSError,))
        return output

    yield begin
    for process in started:
        process.kill()
        process.wait()


def _listens(port: int) -> bool:
    with socket.create_connection(("127.0.0.1", port), 1):
        return True


def make(hooks: Hooks, port: int) -> str:
    """Register it; returns the secret."""
    values = {"name": "documented", "url": f"http://127.0.0.1:{port}/", "types": ["ticket.*"]}
    _, secret = hooks.commit(
        lambda uow: edit_webhooks.create_webhook(uow, hooks.desk, hooks.now, None, values)
    )
    made: str = secret
    return made


def test_the_documented_receiver_takes_an_event_once(hooks: Hooks, port: int, start: Start) -> None:
    output = start(make(hooks, port))
    hooks.feed(event(TicketCreated))
    hooks.round()
    [row] = hooks.rows()
    hooks.commit(lambda uow: replay_one(uow.session, row.webhook_id, row.delivery_id, hooks.now))
    hooks.round()
    assert [one.last_status for one in hooks.rows()] == [204]
    printed = [line for line in output.read_text().splitlines() if line.startswith("ticket.")]
    assert printed == ["ticket.created G20261121001"]


def test_the_documented_receiver_refuses_what_others_signed(
    hooks: Hooks, port: int, start: Start
) -> None:
    make(hooks, port)
    start("whsec_" + "A" * 32)
    hooks.feed(event(TicketCreated))
    hooks.round()
    assert [row.last_status for row in hooks.rows()] == [401]
