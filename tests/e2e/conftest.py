"""The system of a module, its browser, and a window in it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from libs.common.testing.processes import Processes
from tests.demo.desk import Desk
from tests.e2e.browsing import PATIENCE, address_of, built_console, launch, window
from tests.e2e.contexts import distrust_contexts
from tests.e2e.system import desk_of, start_everything

# Five seconds by default, which a loaded machine may take.
expect.set_options(timeout=PATIENCE)


@pytest.hookimpl(trylast=True)
def pytest_runtest_makereport(call: pytest.CallInfo[None]) -> None:
    if call.excinfo:
        distrust_contexts()


@pytest.fixture(scope="module")
def system(processes: Processes) -> dict[str, str]:
    """Everything with the console; modules that need more or less have a system of their own."""
    built_console()
    start_everything(processes, split="nothing")
    return processes.env


@pytest.fixture(scope="module")
def boss(system: dict[str, str]) -> Desk:
    """A supervisor by the REST interface."""
    return desk_of(system, "CS900")


@pytest.fixture(scope="module")
def admin(system: dict[str, str]) -> Desk:
    """The administrator by the REST interface."""
    return desk_of(system, "AD001")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, system: dict[str, str]) -> Iterator[Page]:
    """A fresh window at the console of the module's system."""
    with window(browser, address_of(system)) as page:
        yield page
