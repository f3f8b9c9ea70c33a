"""What is wrong with a page: what its window hears, its look wide and narrow, and its name."""

import re
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page, Response

from libs.common.testing.eventually import eventually
from tests.e2e.axe import grave_findings
from tests.e2e.browsing import DESK, PATIENCE, PHONE, camera, complaints

shoot = camera("pages")
# Where nobody has come in yet, the pages ask who it is and are told.
EXPECTED = re.compile(r"^(401 GET /api/v1/(session|requests|portal/\S*))$")

_ROUTER = "document.querySelector('#app').__vue_app__.config.globalProperties.$router"
_ROUTES = f"""() => {_ROUTER}.getRoutes().filter(one => one.name).map(one => ({{
    name: String(one.name),
    path: one.path,
    permissions: [one.meta.permission ?? []].flat(),
    isPublic: Boolean(one.meta.isPublic),
}}))"""
_GO = f"to => {_ROUTER}.push(to).then(() => {_ROUTER}.currentRoute.value.name)"
_IS_READY = """() => document.querySelector('h1')?.innerText.trim()
    && !document.querySelector('.el-skeleton, .el-loading-mask')"""
# The frame scrolls the page within itself: both must fit.
_TOO_WIDE = """() => [document.documentElement, document.querySelector('main')]
    .map(one => one ? one.scrollWidth - one.clientWidth : 0)"""
_SHOWN = """() => ({
    title: document.title,
    language: document.documentElement.lang,
    headings: [...document.querySelectorAll('h1')].filter(one => one.checkVisibility())
        .map(one => one.innerText.trim()),
})"""
_TURN = """() => new Promise(
    done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"""


@dataclass(frozen=True)
class Route:
    """An address of the console; without permissions it is for everybody who is signed in."""

    name: str
    path: str
    permissions: frozenset[str]
    is_public: bool

    def is_for(self, permissions: frozenset[str]) -> bool:
        """Whether somebody who may do that may open it; any permission suffices."""
        return not self.permissions or bool(self.permissions & permissions)


@dataclass
class Watch:
    """What goes wrong in a window, and how many answers it waits for."""

    page: Page
    faults: list[str] = field(default_factory=list)
    _waiting: set[Any] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.page.on("console", self._hear)
        self.page.on("request", self._ask)
        self.page.on("response", self._answer)
        self.page.on("requestfinished", self._finish)
        self.page.on("requestfailed", self._finish)

    def settle(self) -> None:
        """Until the page shows what it has to show, and asks for no more."""
        self.page.wait_for_function(_IS_READY)
        eventually(self._is_quiet, PATIENCE / 1000, pause=0)
        self.page.evaluate(_TURN)

    def _is_quiet(self) -> bool:
        self.page.wait_for_timeout(30)  # lets the browser's events come in
        return not self._waiting

    def _hear(self, message: Any) -> None:
        self.faults += [f"console: {one}" for one in complaints(message)]

    def _ask(self, request: Any) -> None:
        if not request.url.partition("?")[0].endswith("/live"):
            self._waiting.add(request)

    def _finish(self, request: Any) -> None:
        self._waiting.discard(request)

    def _answer(self, response: Response) -> None:
        if response.status >= 400:
            path = "/" + response.url.split("/", 3)[3]
            told = f"{response.status} {response.request.method} {path}"
            if not EXPECTED.match(told.partition("?")[0]):
                self.faults.append(told)


def routes_of(page: Page) -> list[Route]:
    return [
        Route(one["name"], one["path"], frozenset(one["permissions"]), one["isPublic"])
        for one in page.evaluate(_ROUTES)
    ]


def go(page: Page, to: dict[str, Any]) -> None:
    """To an address of the router: by its path, or by its name and parameters."""
    page.evaluate(_GO, to)


def look(watch: Watch, name: str, *, is_long: bool = True) -> list[str]:
    """What is wrong with the page that is open now, wide and narrow, in the present language.

    The short form lets axe look at the wide page alone.
    """
    picture = re.sub(r"\W+", "-", name).strip("-")
    found = [f"{one} (wide)" for one in grave_findings(watch.page)]
    shoot(watch.page, f"{picture}-wide")
    watch.page.set_viewport_size(PHONE)
    watch.settle()
    shoot(watch.page, f"{picture}-narrow")
    if is_long:
        found += [f"{one} (narrow)" for one in grave_findings(watch.page)]
    found += wrong_shape(watch.page)
    watch.page.set_viewport_size(DESK)
    found += watch.faults
    watch.faults.clear()
    return [f"{name}: {one}" for one in found]


def wrong_shape(page: Page) -> list[str]:
    """Too wide for a phone; without a name of its own; without the one heading that names it."""
    found = []
    if any(more > 0 for more in page.evaluate(_TOO_WIDE)):
        found.append(f"{page.evaluate(_TOO_WIDE)} pixels wider than a phone")
    shown = page.evaluate(_SHOWN)
    if " · " not in shown["title"]:
        found.append(f"the title is {shown['title']!r}")
    if len(shown["headings"]) != 1:
        found.append(f"the headings are {shown['headings']}")
    return found


def speak(page: Page, language: str) -> None:
    page.evaluate("one => localStorage.setItem('tidedesk.language', one)", language)
    page.reload()
    page.wait_for_function("one => document.documentElement.lang === one", arg=language)
