"""The content security policy in a browser: our pages work under it, others' scripts do not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from libs.common.testing.processes import Processes
from tests.e2e.browsing import launch

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60_000  # milliseconds; the API's page is drawn from a large document

pytestmark = [pytest.mark.services("gateway"), pytest.mark.browser]


@pytest.fixture(scope="module")
def origin(installation: dict[str, str], processes: Processes) -> str:
    assert (ROOT / "gateway/console/dist/docs/index.html").exists(), "run `make console` first"
    processes.start("gateway.web")
    return f"http://127.0.0.1:{installation['GATEWAY_PORT']}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    # Before anything of the page: what the policy refuses is kept.
    page.add_init_script(
        "window.refused = []; addEventListener('securitypolicyviolation', "
        "event => window.refused.push(`${event.violatedDirective} ${event.blockedURI}`))"
    )
    yield page
    context.close()


@pytest.mark.parametrize(
    ("path", "shown"), [("/login", "[data-test=login-submit]"), ("/docs/", ".opblock >> nth=0")]
)
def test_our_pages_ask_for_nothing_that_the_policy_refuses(
    page: Page, origin: str, path: str, shown: str
) -> None:
    page.goto(origin + path)
    expect(page.locator(shown)).to_be_visible(timeout=PATIENCE)
    assert page.evaluate("window.refused") == []


def test_a_script_that_found_its_way_into_a_page_does_not_run(page: Page, origin: str) -> None:
    page.goto(origin + "/login")
    page.evaluate(
        """() => {
            const script = document.createElement('script')
            script.textContent = 'window.ran = true'
            document.body.append(script)
            const handler = document.createElement('img')
            handler.setAttribute('onerror', 'window.ran = true')
            handler.src = '/assets/none.png'
            document.body.append(handler)
            const foreign = document.createElement('script')
            foreign.src = 'https://evil.example/x.js'
            document.body.append(foreign)
        }"""
    )
    # A function: a string would be compiled again at each look, which the policy refuses.
    page.wait_for_function("() => window.refused.length >= 3")
    assert page.evaluate("window.ran") is None


def test_no_page_frames_ours(page: Page, origin: str) -> None:
    page.goto(origin + "/docs/")
    refused = page.expect_event(
        "framenavigated", lambda frame: frame.url.startswith("chrome-error:"), timeout=PATIENCE
    )
    with refused:
        page.evaluate(
            """() => {
                const frame = document.createElement('iframe')
                frame.src = '/login'
                document.body.append(frame)
            }"""
        )
