"""The installation as operators and auditors see it in a browser."""

import subprocess
import sys

import pytest
from playwright.sync_api import Page, expect

from libs.common.supervisor.processes import ROOT
from libs.common.supervisor.run import without_operator
from libs.common.testing.processes import Processes
from tests.e2e.axe import grave_findings
from tests.e2e.browsing import (
    PATIENCE,
    PHONE,
    built_console,
    by,
    camera,
    demand_no_sideways_scroll,
    sign_in,
)

pytestmark = pytest.mark.timeout(300)

shoot = camera("operation", full_page=True)


@pytest.fixture(scope="module")
def system(processes: Processes) -> dict[str, str]:
    """The services that the page asks, but for two; sla has a process of its own."""
    built_console()
    seed = [sys.executable, "-m", "gateway.seed"]
    subprocess.run(seed, env=processes.env, cwd=ROOT, check=True)
    processes.env = without_operator(processes.env)
    processes.start(
        ("intake.rpc", "ticketing.rpc", "notify.rpc", "dispatch.rpc"), "sla.rpc", timeout=120
    )
    processes.start("gateway.web", timeout=120)
    return processes.env


def test_an_auditor_sees_that_a_service_has_stopped_and_is_back(
    page: Page, system: dict[str, str], processes: Processes
) -> None:
    sign_in(page, system, "AU001")
    by(page, "menu-operations").click()
    sla = by(page, "operation-sla")
    expect(sla).to_contain_text("1 个进程正常", timeout=PATIENCE)
    expect(by(page, "operation-kb")).to_contain_text("无应答")
    expect(page.locator('[data-test^="failures-"], [data-test="receipts-failed"]')).to_have_count(0)
    processes.stop("sla.rpc")
    expect(sla).to_contain_text("无应答", timeout=PATIENCE)
    expect(by(page, "operation-ticketing")).to_contain_text("1 个进程正常")
    processes.start("sla.rpc")
    expect(sla).to_contain_text("1 个进程正常", timeout=PATIENCE)


def test_the_processes_and_queues_stand_on_a_phone_as_well(
    page: Page, system: dict[str, str]
) -> None:
    sign_in(page, system, "AD001", "/operations")
    sla = by(page, "operation-sla")
    expect(sla).to_contain_text("1 个进程正常", timeout=PATIENCE)
    sla.locator("summary").click()
    expect(sla).to_contain_text("sla.rpc")
    expect(by(page, "queues")).to_contain_text("sla.inbox")
    shoot(page, "wide")
    page.set_viewport_size(PHONE)
    expect(by(page, "menu-button")).to_be_visible(timeout=PATIENCE)
    demand_no_sideways_scroll(page)
    assert grave_findings(page) == []
    shoot(page, "narrow")
    by(page, "language").click()
    expect(by(page, "operation-kb")).to_contain_text("No answer", timeout=PATIENCE)
