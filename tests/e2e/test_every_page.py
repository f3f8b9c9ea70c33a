"""Every address of the console, as everybody who may open it sees it: whole, narrow and named.

The addresses come from the router that runs in the browser, so that no page is forgotten.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from libs.common.testing.eventually import eventually
from libs.common.testing.processes import Processes
from tests.demo import story
from tests.demo.circle import survey_link
from tests.demo.desk import Desk
from tests.e2e.axe import grave_findings
from tests.e2e.browsing import (
    DESK,
    PATIENCE,
    PHONE,
    address_of,
    built_console,
    by,
    camera,
    complaints,
    sign_in,
    window,
)
from tests.e2e.browsing import field as input_of
from tests.e2e.moved import move
from tests.e2e.system import code_sent_to, desk_of, outside_of, start_everything

pytestmark = pytest.mark.timeout(600)

shoot = camera("pages")

STAFF = {
    "administrator": "AD001",
    "supervisor": "CS900",
    "agent": "CS001",
    "employee": "EM001",
    "auditor": "AU001",
}
LANGUAGES = ("zh-CN", "en")
CUSTOMER = "everypage@example.com"

# Not for whoever is signed in as usual: one leads elsewhere, the other is for newcomers alone.
APART = {"home", "first-steps"}
# What pages show besides, by their addresses' queries.
VIEWS = (
    *(f"/settings/agents?tab={tab}" for tab in ("skills", "shifts", "settings")),
    *(f"/settings/organisation?tab={tab}" for tab in ("regions", "groups", "brands")),
    "/collaborations?side=by_me&state=all",
    *("/reports?display=bar", "/tickets?view=all", "/tickets?view=follow_up"),
    *(f"/tickets?view={view}" for view in ("bin", "cc", "supervised")),
)
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


@pytest.fixture(scope="module")
def system(processes: Processes) -> dict[str, str]:
    built_console()
    start_everything(processes, split="nothing", dispatches=True)
    return processes.env


@pytest.fixture(scope="module")
def objects(system: dict[str, str]) -> dict[str, dict[str, str]]:
    """What stands for the parameters of each address that has some."""
    supervisor, agent = desk_of(system, "CS900"), desk_of(system, "CS001")
    ticket = register(supervisor, "收到的咖啡机漏水，客户要求今天答复")
    supervisor.ask("PUT", f"/tickets/{ticket}/assignee", {"assignee_id": agent.person["person_id"]})
    work_on(agent, ticket)
    for subject in ("A very long subject " * 6, "退款还没有到账"):
        register(supervisor, subject.strip())
    asked = {"subject": "会议室投影仪无法开机", "text": "换过电源线仍无反应。"}
    move(supervisor, ticket, gone=register(supervisor, ("A ticket opened by mistake " * 4).strip()))
    request = desk_of(system, "EM001").ask("POST", "/requests", asked)
    administrator = desk_of(system, "AD001")
    raise_rights(administrator)
    article = supervisor.ask("GET", "/articles?state=published")["items"][0]["article_id"]
    known = supervisor.ask("GET", "/help/articles")["items"][0]["article_id"]
    return {
        "ticket": {"number": ticket},
        "request": {"number": str(request["number"])},
        **{key: {"articleId": article} for key in ("article", "edit-article", "article-versions")},
        "help-article": {"name": known},
        "ticket-template": {"key": "return_goods"},
        "webhook": {"webhookId": add_webhook(administrator)},
        "quality-review": {"reviewId": check_quality(supervisor, agent)},
        "problem": {"number": find_cause(supervisor, ticket)},
        "survey": {"token": survey_of(system)},
        "upload": {"token": work_together(agent, ticket)},
        "not-found": {"rest": "nowhere"},
    }


def register(desk: Desk, subject: str) -> str:
    """A new ticket's number."""
    customer = desk.ask("POST", "/customers", {"name": "王女士", "phone": "13800000001"})
    body = {"customer_id": customer["customer_id"], "subject": subject, "text": f"来电：{subject}"}
    made = desk.ask("POST", "/tickets", {**body, "kind": "complaint", "urgency": "critical"})
    return str(made["number"])


def work_on(agent: Desk, number: str) -> None:
    agent.ask("POST", f"/tickets/{number}/acceptance")
    agent.ask("POST", f"/tickets/{number}/notes", {"text": "已联系仓库。"})
    agent.ask("POST", f"/tickets/{number}/replies", {"text": "今天就为您换货。"})


def work_together(agent: Desk, number: str) -> str:
    """Help asked for, effort, and a draft; the token of a link for the customer."""
    known = agent.ask("GET", "/collaboration-targets")
    targets = {one["name"]: one["id"] for one in (*known["departments"], *known["groups"])}
    parts = [
        {"target_kind": "department", "target_id": targets["技术部"], "duty": "查看漏水的原因"},
        {"target_kind": "group", "target_id": targets["售后一组"], "duty": "核对库存"},
    ]
    agent.ask("POST", f"/tickets/{number}/collaborations", {"parts": parts, "note": "见照片"})
    agent.ask("POST", f"/tickets/{number}/efforts", {"minutes": 45, "note": "电话沟通"})
    asked = {"text": "请上传漏水部位的照片。"}
    made = agent.ask("POST", f"/tickets/{number}/upload-requests", asked)
    return str(made["link"]).rpartition("/u/")[2]


def check_quality(supervisor: Desk, agent: Desk) -> str:
    """A sheet, a rule, and a review that the agent has a result of."""
    items = [
        {"name": "问候规范", "kind": "yes_no"},
        {"name": "解答准确", "kind": "points", "max": 10, "weight": 3, "guide": "以知识库为准"},
    ]
    sections = [{"name": "服务", "items": items}]
    sheet = supervisor.ask(
        "POST", "/score-sheets", {"name": "通用评分表", "pass_mark": 80, "sections": sections}
    )
    stamp = {"If-Match": f'"{sheet["version"]}"'}
    supervisor.ask("POST", f"/score-sheets/{sheet['sheet_id']}/versions", headers=stamp)
    rule = {"name": "每周抽检", "event": "solved", "per_agent": 3, "period": "week"}
    who = {"reviewer_id": supervisor.person["person_id"], "sheet_id": sheet["sheet_id"]}
    supervisor.ask("POST", "/quality-rules", rule | who)
    number = register(supervisor, "发票抬头有误")
    supervisor.ask("PUT", f"/tickets/{number}/assignee", {"assignee_id": agent.person["person_id"]})
    work_on(agent, number)
    made = supervisor.ask(
        "POST", "/quality-reviews", {"number": number, "sheet_id": sheet["sheet_id"]}
    )
    path = f"/quality-reviews/{made['review_id']}"
    review = supervisor.ask("GET", path)
    points = {one["item_id"]: {"points": 1} for one in review["form"]["sections"][0]["items"]}
    stamp = {"If-Match": f'"{review["version"]}"'}
    supervisor.ask("POST", f"{path}/score", {"scores": points}, headers=stamp)
    return str(made["review_id"])


def find_cause(supervisor: Desk, ticket: str) -> str:
    """The number of a problem behind the ticket, which all its tickets have been told about."""
    title = ("A cause with a very long name " * 6).strip()
    known = {"title": title, "description": "水箱的密封圈有一批不合格。", "status": "known"}
    number = str(supervisor.ask("POST", "/problems", known)["number"])
    supervisor.ask("POST", f"/problems/{number}/tickets", {"numbers": [ticket]})
    answer = {"text": "新的密封圈本周寄出。", "solves": False}
    supervisor.ask("POST", f"/problems/{number}/answers", answer)
    return number


def add_webhook(administrator: Desk) -> str:
    """Switched off: nothing of a test goes out."""
    hook = {"name": "仓库", "url": "https://1.1.1.1/hook", "types": ["ticket.*"]}
    body = {**hook, "is_active": False}
    return str(administrator.ask("POST", "/webhooks", body)["webhook_id"])


def survey_of(system: dict[str, str]) -> str:
    """The token of a survey that has been sent to a customer."""
    outside, desk = outside_of(system), desk_of(system, "CS002")
    number = story.ask_for_repair(outside, CUSTOMER, lambda _: None)
    desk.take(number)
    desk.ask("POST", f"/tickets/{number}/solution", {"text": "已更换主板。"})
    return survey_link(outside, CUSTOMER, 1, lambda _: None).rpartition("/s/")[2]


def raise_rights(administrator: Desk) -> None:
    """So that there is an alert to look at."""
    person = {"login": "CS702", "name": "升职的人", "role": "agent"}
    account = administrator.ask("POST", "/accounts", person)["account"]
    stamp = {"If-Match": f'"{account["version"]}"'}
    path = f"/accounts/{account['person_id']}"
    administrator.ask("PATCH", path, {"role": "supervisor"}, headers=stamp)


@pytest.fixture
def watch(browser: Browser, system: dict[str, str]) -> Iterator[Watch]:
    with window(browser, address_of(system)) as page:
        yield Watch(page)


def routes_of(page: Page) -> list[Route]:
    return [
        Route(one["name"], one["path"], frozenset(one["permissions"]), one["isPublic"])
        for one in page.evaluate(_ROUTES)
    ]


def permissions_of(system: dict[str, str], login: str) -> frozenset[str]:
    return frozenset(desk_of(system, login).ask("GET", "/session")["permissions"])


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


def test_every_address_is_opened_by_somebody(
    watch: Watch, system: dict[str, str], objects: dict[str, dict[str, str]]
) -> None:
    watch.page.goto("/login")
    watch.settle()
    everybody = [permissions_of(system, login) for login in STAFF.values()]
    routes = routes_of(watch.page)
    assert [one.name for one in routes if not any(map(one.is_for, everybody))] == []
    unknown = [one.name for one in routes if ":" in one.path and one.name not in objects]
    assert unknown == [], "tell in `objects` what stands for their parameters"


@pytest.fixture(scope="module")
def seen() -> set[str]:
    """Addresses that somebody has looked at."""
    return set()


@pytest.mark.parametrize("who", STAFF)
def test_every_page_of_a_member_of_staff_is_sound(
    watch: Watch,
    system: dict[str, str],
    objects: dict[str, dict[str, str]],
    who: str,
    seen: set[str],
    is_long: bool,
) -> None:
    """The short form looks at each address once, at every other one in English."""
    page, permissions = watch.page, permissions_of(system, STAFF[who])
    sign_in(page, system, STAFF[who])
    wanted: dict[str, dict[str, Any]] = {
        route.path: {"name": route.name, "params": objects.get(route.name, {})}
        for route in routes_of(page)
        if not route.is_public and route.name not in APART and route.is_for(permissions)
    }
    if who == "supervisor":
        wanted |= {view: {"path": view} for view in VIEWS}
    if not is_long:
        wanted = {path: to for path, to in wanted.items() if path not in seen}
    seen.update(wanted)
    found: list[str] = []
    for turn, language in enumerate(LANGUAGES):
        speak(page, language)
        watch.settle()
        for path, to in [*wanted.items()] if is_long else [*wanted.items()][turn::2]:
            page.evaluate(_GO, to)
            watch.settle()
            found += look(watch, f"{language} {path}", is_long=is_long)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_that_are_for_everybody_are_sound(
    watch: Watch, objects: dict[str, dict[str, str]], language: str
) -> None:
    page = watch.page
    page.goto("/login")
    speak(page, language)
    watch.settle()
    found = look(watch, "/login")
    for route in routes_of(page):
        if route.is_public and route.name not in {"login", "portal"}:
            page.evaluate(_GO, {"name": route.name, "params": objects.get(route.name, {})})
            watch.settle()
            found += look(watch, f"{language} {route.path}")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_of_a_newcomer_are_sound(
    watch: Watch, system: dict[str, str], language: str
) -> None:
    page = watch.page
    person = {"login": f"NEW-{language[:2]}", "name": "新来的同事", "role": "agent"}
    made = desk_of(system, "AD001").ask("POST", "/accounts", person)
    page.goto("/login")
    speak(page, language)
    watch.settle()
    input_of(page, "login-name").fill(person["login"])
    input_of(page, "login-password").fill(made["initial_password"])
    by(page, "login-submit").click()
    expect(page).to_have_url(re.compile("/first-steps"), timeout=PATIENCE)
    watch.settle()
    assert look(watch, "/first-steps") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_portal_of_a_customer_is_sound(
    watch: Watch, system: dict[str, str], language: str
) -> None:
    page, outside, sender = watch.page, outside_of(system), f"{language}-{CUSTOMER}"
    number = story.ask_for_repair(outside, sender, lambda _: None)
    page.goto("/portal")
    speak(page, language)
    watch.settle()
    found = look(watch, "/portal")
    input_of(page, "portal-contact").fill(sender)
    by(page, "portal-send").click()
    input_of(page, "portal-code").fill(code_sent_to(outside, sender))
    by(page, "portal-enter").click()
    expect(by(page, f"request-{number}")).to_be_visible(timeout=PATIENCE)
    watch.settle()
    found += look(watch, "/portal, signed in")
    by(page, f"request-{number}").click()
    expect(by(page, "request-text")).to_be_visible(timeout=PATIENCE)
    watch.settle()
    found += look(watch, "/portal, a request")
    assert not found, "\n".join(found)
