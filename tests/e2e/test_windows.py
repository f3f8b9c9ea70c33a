"""The windows of these tests: a later one finds an earlier one's cached files, and nothing else."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.e2e.browsing import PHONE, window
from tests.e2e.contexts import distrust_contexts

PAGE = b"<!doctype html><script src='/kept.js'></script>"
# Everything that a page can leave in its browser.
LEAVE = """async () => {
    localStorage.setItem('left', 'here')
    sessionStorage.setItem('left', 'here')
    document.cookie = 'left=here'
    await (await caches.open('left')).put('/left', new Response('here'))
    await new Promise(done => {
        const asked = indexedDB.open('left')
        asked.onsuccess = () => { asked.result.close(); done() }
    })
    await navigator.serviceWorker.register('/worker.js')
}"""
FOUND = """async () => ({
    local: localStorage.length,
    session: sessionStorage.length,
    cookies: document.cookie,
    caches: (await caches.keys()).length,
    databases: (await indexedDB.databases()).length,
    workers: (await navigator.serviceWorker.getRegistrations()).length,
    place: (await navigator.permissions.query({ name: 'geolocation' })).state,
})"""
NOTHING = {"local": 0, "session": 0, "cookies": "", "caches": 0, "databases": 0, "workers": 0}


class Site:
    """A page with a script that may be kept, and what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str | None]] = []  # path, and what the header X-Left said
        site = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append((self.path, self.headers["X-Left"]))
                is_script = self.path.endswith(".js")
                self.send_response(200)
                self.send_header("Content-Type", "text/javascript" if is_script else "text/html")
                self.send_header("Cache-Control", "max-age=600" if is_script else "no-store")
                self.end_headers()
                self.wfile.write(b"" if is_script else PAGE)

            def log_message(self, *_: Any) -> None:
                """Nobody reads it."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def times_asked(self, path: str) -> int:
        return sum(asked == path for asked, _ in self.asked)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.close()


def found_by(page: Page) -> dict[str, Any]:
    page.goto("/")
    return dict(page.evaluate(FOUND))


def test_a_later_window_finds_nothing_that_an_earlier_one_left(
    browser: Browser, site: Site
) -> None:
    with window(browser, site.address) as page:
        untouched = found_by(page)
        assert untouched == {**NOTHING, "place": untouched["place"]}
        page.evaluate(LEAVE)
        page.context.grant_permissions(["geolocation"], origin=site.address)
        page.context.set_extra_http_headers({"X-Left": "here"})
        page.context.route("**/", lambda route: route.fulfill(body="left"))
        left = found_by(page)
        assert page.inner_text("body") == "left"
        assert {name for name in left if left[name] == untouched[name]} == set()
        page.context.set_offline(True)
        used = page.context
    with window(browser, site.address) as page:
        assert page.context is used
        assert found_by(page) == untouched
        assert [said for path, said in site.asked if path == "/"] == [None, None]


def test_what_a_page_stores_while_it_is_closed_is_taken_away_too(
    browser: Browser, site: Site
) -> None:
    with window(browser, site.address) as page:
        page.goto("/")
        page.evaluate("() => addEventListener('pagehide', () => localStorage.setItem('a', 'b'))")
    with window(browser, site.address) as page:
        assert found_by(page)["local"] == 0


def test_cached_files_are_kept(browser: Browser, site: Site) -> None:
    for _ in range(3):
        with window(browser, site.address) as page:
            page.goto("/")
    assert site.times_asked("/") == 3
    assert site.times_asked("/kept.js") == 1


def test_pages_that_a_window_has_opened_end_with_it(browser: Browser, site: Site) -> None:
    with window(browser, site.address) as page:
        other = page.context.new_page()
    assert other.is_closed()


def test_windows_beside_one_another_share_nothing(browser: Browser, site: Site) -> None:
    with window(browser, site.address) as one:
        one.goto("/")
        one.evaluate(LEAVE)
        with window(browser, site.address) as other:
            assert other.context is not one.context
            assert found_by(other)["local"] == 0
        assert found_by(one)["local"] == 1


def test_a_window_of_other_options_has_a_context_of_its_own(browser: Browser, site: Site) -> None:
    with window(browser, site.address) as page:
        used = page.context
    with window(browser, site.address, viewport=PHONE) as page:
        assert page.context is not used
        assert page.evaluate("innerWidth") == PHONE["width"]


def test_only_a_few_contexts_are_kept(browser: Browser, site: Site) -> None:
    for number in range(10):
        with window(browser, site.address, user_agent=f"browser {number}"):
            pass
    assert len(browser.contexts) < 10


@pytest.mark.parametrize("trouble", ["throw new Error('broken')", "console.error('broken')"])
def test_a_window_in_which_a_script_failed_fails_the_test_and_is_not_used_again(
    browser: Browser, site: Site, trouble: str
) -> None:
    used: list[BrowserContext] = []

    def break_something() -> None:
        with window(browser, site.address) as page:
            used.append(page.context)
            page.goto("/")
            page.evaluate("trouble => { setTimeout(trouble) }", trouble)
            page.evaluate("() => new Promise(done => setTimeout(done))")

    with pytest.raises(AssertionError, match="broken"):
        break_something()
    with window(browser, site.address) as page:
        assert page.context not in used


def test_after_a_failed_test_windows_begin_anew(browser: Browser, site: Site) -> None:
    with window(browser, site.address) as page:
        before = page.context
    with window(browser, site.address, viewport=PHONE) as page:
        during = page.context
        distrust_contexts()
    for options in ({}, {"viewport": PHONE}):
        with window(browser, site.address, **options) as page:
            assert page.context not in (before, during)
