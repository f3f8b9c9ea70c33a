"""What dispatch and sla have never heard of tickets, they learn from ticketing's own word."""

import subprocess
import sys
from typing import Any

import pytest

from libs.common.supervisor.processes import ROOT
from libs.common.supervisor.run import without_operator
from libs.common.testing.eventually import eventually
from libs.common.testing.processes import Processes
from tests.demo.desk import Desk, Refused
from tests.e2e.system import desk_of


@pytest.fixture(scope="module")
def system(processes: Processes) -> dict[str, str]:
    """Whoever hears events has not been started: only who answers questions."""
    for module in ("gateway.seed", "services.intake.seed"):
        subprocess.run([sys.executable, "-m", module], env=processes.env, cwd=ROOT, check=True)
    processes.env = without_operator(processes.env)
    answering = tuple(f"{name}.rpc" for name in ("intake", "ticketing", "dispatch", "sla"))
    processes.start(answering, "gateway.web", timeout=120)
    return processes.env


@pytest.fixture(scope="module")
def supervisor(system: dict[str, str]) -> Desk:
    return desk_of(system, "CS900")


def open_ticket(desk: Desk) -> str:
    customer = desk.ask("POST", "/customers", {"name": "陈女士", "phone": "13800138123"})
    body = {"customer_id": customer["customer_id"], "subject": "冰箱不制冷", "text": "请尽快处理"}
    return str(desk.ask("POST", "/tickets", body)["number"])


def items(desk: Desk, number: str, what: str) -> list[Any] | None:
    """None while the service does not know the ticket."""
    try:
        return list(desk.ask("GET", f"/tickets/{number}/{what}")["items"])
    except Refused as refusal:
        if refusal.status != 404:
            raise
        return None


def reconcile(env: dict[str, str]) -> str:
    """What the command says."""
    done = subprocess.run(
        [sys.executable, "-m", "gateway.reconcile"],
        env=env,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_what_nobody_has_heard_is_told_by_hand(supervisor: Desk, system: dict[str, str]) -> None:
    number = open_ticket(supervisor)
    assert items(supervisor, number, "decisions") is None
    assert items(supervisor, number, "clocks") is None
    assert reconcile(system) == "compared: 1\n"
    assert items(supervisor, number, "decisions") is not None
    assert items(supervisor, number, "clocks")


def test_what_has_ended_unheard_ends_there_too(supervisor: Desk, system: dict[str, str]) -> None:
    number = open_ticket(supervisor)
    reconcile(system)
    supervisor.take(number)
    reconcile(system)
    running = [one["state"] for one in items(supervisor, number, "clocks") or []]
    assert "running" in running
    supervisor.ask(
        "POST", f"/tickets/{number}/solution", {"text": "已修好", "notify_customer": False}
    )
    said = reconcile(system)
    assert "finished, and not known to be: 2\n" in said, "one for dispatch, one for sla"
    states = {one["state"] for one in items(supervisor, number, "clocks") or []}
    assert not states & {"running", "paused"}
    assert "finished" not in reconcile(system)


def test_the_jobs_do_the_same_by_themselves(supervisor: Desk, processes: Processes) -> None:
    number = open_ticket(supervisor)
    processes.start("gateway.jobs", timeout=120)
    eventually(lambda: items(supervisor, number, "clocks"), 60)
    assert items(supervisor, number, "decisions") is not None
