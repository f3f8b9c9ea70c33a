"""What tests of the console share: a browser's windows, and ways to find and fill what is shown."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Playwright, expect

from libs.common.supervisor.browser import browser as find_browser
from libs.common.supervisor.browser import provide_browser
from libs.common.supervisor.processes import ROOT
from tests.e2e.contexts import contexts_of
from tests.e2e.system import password_of

PICTURES = ROOT / ".run" / "screenshots"
PATIENCE = 30_000  # milliseconds that an expectation may take; polling pages need some
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
# Before anything of the page: what the content security policy refuses is kept.
WATCH_POLICY = (
    "window.refused = []; addEventListener('securitypolicyviolation', "
    "event => window.refused.push(`${event.violatedDirective} ${event.blockedURI}`))"
)

_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def launch(playwright: Playwright) -> Browser:
    """The machine's Chromium."""
    program = find_browser() or provide_browser()
    return playwright.chromium.launch(executable_path=program, args=_ARGUMENTS, headless=True)


def built_console() -> None:
    """Raises AssertionError if there is nothing to look at."""
    assert (ROOT / "gateway/console/dist/index.html").exists(), "run `make console` first"


def address_of(system: dict[str, str]) -> str:
    """Where the console is."""
    return f"http://127.0.0.1:{system['GATEWAY_PORT']}"


@contextmanager
def window(
    browser: Browser, address: str, *, keeps_urgent: bool = False, **options: Any
) -> Iterator[Page]:
    """A fresh window; an error of a script or a breach of the policy on any page fails the test.

    It may find the console's files in the browser's cache, and nothing else of earlier windows.

    Urgent notices stand in the way until they are closed, and come when the clocks want it: they
    are closed as a reader would, unless the test is about them.
    """
    wishes = {"viewport": DESK, "locale": "zh-CN", "timezone_id": "Asia/Shanghai", **options}
    with contexts_of(browser).page(base_url=address, **wishes) as page:
        page.set_default_timeout(PATIENCE)
        if not keeps_urgent:
            close = page.locator(".urgent-notice .el-notification__closeBtn").first
            page.add_locator_handler(close, lambda button: button.click(), no_wait_after=True)
        page.add_init_script(WATCH_POLICY)
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        # What fails while a page is drawn is told here alone; refused requests are, too.
        page.on("console", lambda said: errors.extend(complaints(said)))
        yield page
        if not page.is_closed():
            errors += page.evaluate("window.refused || []")
            page.close()
        assert not errors, "\n".join(errors)


def complaints(said: ConsoleMessage) -> list[str]:
    """What is wrong with the page by what it said; refused requests are told by their answers."""
    is_grave = said.type == "error" and not said.text.startswith("Failed to load resource")
    return [said.text] if is_grave else []


def by(page: Page | Locator, name: str) -> Locator:
    """The first element with this data-test that can be seen."""
    return page.locator(f'[data-test="{name}"]:visible').first


def demand_no_sideways_scroll(page: Page) -> None:
    """The page is no wider than the window, as soon as it has followed the window's new size."""
    page.wait_for_function(
        "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )


def field(page: Page | Locator, name: str) -> Locator:
    """Where one types: the element with this data-test, or the input that it surrounds."""
    return page.locator(
        f'input[data-test="{name}"], textarea[data-test="{name}"], '
        f'[data-test="{name}"] input, [data-test="{name}"] textarea'
    ).first


def pick(page: Page, select: Locator, text: str) -> None:
    """Open a select and take what is called so."""
    select.click()
    page.locator(".el-popper:visible").get_by_text(text, exact=True).first.click()


def fill_in(page: Page, login: str, password: str) -> None:
    """Hand in name and password, whatever comes of it."""
    page.goto("/login")
    field(page, "login-name").fill(login)
    field(page, "login-password").fill(password)
    by(page, "login-submit").click()


def sign_in(page: Page, system: dict[str, str], login: str, path: str = "/") -> None:
    """As a member of the demo's staff, at a page; test_login_pages looks at how people come in."""
    come_in(page, system, login)
    page.goto(path)
    expect(by(page, "person-menu")).to_be_visible(timeout=PATIENCE)


def come_in(page: Page, system: dict[str, str], login: str) -> None:
    """The same before any page is opened."""
    body = {"login": login, "password": password_of(system, login)}
    came = page.request.post("/api/v1/session", data=body, headers={"X-Tidedesk-Client": "console"})
    assert came.ok, came.text()


def camera(topic: str, **options: Any) -> Callable[[Page, str], None]:
    """Takes pictures for people to look at: `.run/screenshots/<topic>-<name>.png`."""

    def shoot(page: Page, name: str) -> None:
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURES / f"{topic}-{name}.png", **options)

    return shoot
