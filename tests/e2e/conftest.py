"""The browser of a module, and a window in it; `system` is the module's own."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e.browsing import PATIENCE, address_of, launch, window

# Five seconds by default, which a loaded machine may take.
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, system: dict[str, str]) -> Iterator[Page]:
    """A fresh window at the console of the module's system."""
    with window(browser, address_of(system), accept_downloads=True) as page:
        yield page
