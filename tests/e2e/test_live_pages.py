"""What one person does shows on another's page at once, without the page asking again and again."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright

from libs.common.supervisor.processes import ROOT
from libs.common.testing.eventually import eventually
from libs.common.testing.processes import Processes
from tests.demo.desk import Desk
from tests.e2e.system import desk_of, password_of, start_everything

AT_ONCE = 8_000  # milliseconds; a page that had to ask by itself would do so once a minute
PATIENCE = 30_000

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def system(processes: Processes) -> dict[str, str]:
    assert (ROOT / "gateway/console/dist/index.html").exists(), "run `make console` first"
    start_everything(processes, apart=False)
    return processes.env


@pytest.fixture(scope="module")
def lead(system: dict[str, str]) -> Desk:
    return desk_of(system, "CS900")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=arguments, headless=True
        )
        yield browser
        browser.close()


class Window:
    """A signed-in person's page, and when it last asked for what."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._asked: list[tuple[float, str]] = []
        page.on("request", self._note)

    def _note(self, request: Request) -> None:
        if request.method == "GET" and "/api/v1/" in request.url:
            path = request.url.partition("/api/v1")[2]
            self._asked.append((time.monotonic(), path))

    def asked(self, path: str) -> int:
        return sum(one.startswith(path) for _, one in self._asked)

    def is_quiet(self, path: str, seconds: float = 6.5) -> bool:
        """Whether it has not asked for so long; pages without updates ask every five seconds."""
        self.page.wait_for_timeout(100)  # lets the browser's events come in
        last = max((at for at, one in self._asked if one.startswith(path)), default=0.0)
        return time.monotonic() - last > seconds


@pytest.fixture
def window(browser: Browser, system: dict[str, str]) -> Iterator[Callable[[str], Any]]:
    """Opens a window of somebody's own."""
    opened, errors = [], []

    @contextmanager
    def sign_in(login: str) -> Iterator[Window]:
        context = browser.new_context(
            base_url=f"http://127.0.0.1:{system['GATEWAY_PORT']}",
            viewport={"width": 1440, "height": 900},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
        )
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: errors.append(str(error)))
        made = Window(page)
        page.goto("/login")
        field(page, "login-name").fill(login)
        field(page, "login-password").fill(password_of(system, login))
        by(page, "login-submit").click()
        expect(by(page, "person-menu")).to_be_visible(timeout=PATIENCE)
        yield made
        context.close()

    yield sign_in
    assert errors == []


def by(page: Page, name: str):
    return page.locator(f'[data-test="{name}"]').first


def field(page: Page, name: str):
    return page.locator(f'input[data-test="{name}"], [data-test="{name}"] input').first


def new_ticket(desk: Desk, subject: str, urgency: str = "normal") -> str:
    known = desk.ask("POST", "/customers", {"name": "陈先生", "phone": "13800138111"})
    body = {"customer_id": known["customer_id"], "subject": subject, "text": "请处理"}
    made = desk.ask("POST", "/tickets", {**body, "kind": "repair", "urgency": urgency})
    return str(made["number"])


def give(desk: Desk, number: str, name: str) -> None:
    """Assign a ticket to somebody by name."""
    people = desk.ask("GET", "/people")["items"]
    chosen = next(one["person_id"] for one in people if one["name"] == name)
    desk.ask("PUT", f"/tickets/{number}/assignee", {"assignee_id": chosen})


def test_a_new_ticket_shows_in_the_list_without_polling(window: Any, lead: Desk) -> None:
    with window("CS001") as mine:
        page = mine.page
        page.goto("/tickets?view=unassigned")
        new_ticket(lead, "第一张")
        expect(page.locator('[data-test^="ticket-row-"]').first).to_be_visible(timeout=PATIENCE)
        assert eventually(lambda: mine.is_quiet("/tickets?"), 30)
        number = new_ticket(lead, "投影仪不亮")
        updates = by(page, "list-updates")
        expect(updates).to_be_visible(timeout=AT_ONCE)
        updates.click()
        expect(by(page, f"ticket-row-{number}")).to_be_visible(timeout=AT_ONCE)


def test_a_ticket_page_follows_what_others_do(window: Any, lead: Desk) -> None:
    number = new_ticket(lead, "空调漏水")
    lead.ask("PUT", f"/tickets/{number}/assignee", {"assignee_id": "me"})
    with window("CS900") as mine:
        page = mine.page
        page.goto(f"/tickets/{number}")
        expect(by(page, "ticket-status")).to_be_visible(timeout=PATIENCE)
        assert eventually(lambda: mine.is_quiet(f"/tickets/{number}"), 30)
        lead.ask("POST", f"/tickets/{number}/acceptance")
        expect(by(page, "ticket-status")).to_contain_text("处理中", timeout=AT_ONCE)
        assert eventually(lambda: mine.is_quiet(f"/tickets/{number}", 2), 30)
        other, before = new_ticket(lead, "别的工单"), mine.asked(f"/tickets/{number}")
        menu = mine.asked("/ticket-counts")
        assert eventually(lambda: mine.is_quiet("/nothing") and mine.asked("/ticket-counts") > menu)
        assert mine.asked(f"/tickets/{number}") == before, f"asked because of {other}"


def test_whoever_loses_a_ticket_sees_it_leave_the_own_work(window: Any, lead: Desk) -> None:
    number = new_ticket(lead, "洗衣机异响")
    give(lead, number, "客服一号")
    with window("CS001") as mine:
        page = mine.page
        page.goto("/my-work")
        row = page.locator(f'[data-test="work-confirm"] a.number[href="/tickets/{number}"]')
        expect(row).to_be_visible(timeout=PATIENCE)
        assert eventually(lambda: mine.is_quiet("/tickets?"), 30)
        give(lead, number, "客服二号")
        expect(row).to_have_count(0, timeout=AT_ONCE)


def test_a_notice_reaches_the_bell_without_polling(window: Any, lead: Desk) -> None:
    number = new_ticket(lead, "打印机卡纸")
    with window("CS002") as mine:
        page = mine.page
        # Also every 15 s while no updates come.
        assert eventually(lambda: mine.is_quiet("/notices", 17), 60)
        give(lead, number, "客服二号")
        badge = page.locator('[data-test="notice-bell"] .el-badge__content')
        expect(badge).to_be_visible(timeout=AT_ONCE)


def test_an_urgent_notice_stands_in_the_way_and_leads_to_its_ticket(
    window: Any, lead: Desk
) -> None:
    number = new_ticket(lead, "机房断电", "critical")
    with window("CS002") as mine:
        page = mine.page
        assert eventually(lambda: mine.asked("/live") and mine.is_quiet("/live", 1))
        give(lead, number, "客服二号")
        popup = page.locator(".urgent-notice", has_text=number).first
        expect(popup).to_be_visible(timeout=AT_ONCE)
        popup.click()
        expect(page).to_have_url(re.compile(number), timeout=PATIENCE)
        expect(popup).to_have_count(0, timeout=AT_ONCE)


def test_tabs_of_one_browser_share_a_stream(window: Any, lead: Desk) -> None:
    new_ticket(lead, "一个标签页")
    with window("CS001") as mine:
        first = mine.page
        second = first.context.new_page()
        other = Window(second)
        second.goto("/tickets?view=unassigned")
        expect(by(second, "person-menu")).to_be_visible(timeout=PATIENCE)
        assert eventually(lambda: other.is_quiet("/tickets?"), 30)
        assert other.asked("/live") == 0
        new_ticket(lead, "两个标签页")
        expect(by(second, "list-updates")).to_be_visible(timeout=AT_ONCE)
        first.close()
        assert eventually(lambda: other.is_quiet("/nothing") and other.asked("/live") == 1, 30)


def test_without_updates_pages_ask_by_themselves(window: Any, lead: Desk, browser: Browser) -> None:
    with window("CS001") as mine:
        page = mine.page
        new_ticket(lead, "此前的工单")
        page.context.route("**/api/v1/live*", lambda route: route.fulfill(status=503))
        page.goto("/tickets?view=unassigned")
        expect(page.locator('[data-test^="ticket-row-"]').first).to_be_visible(timeout=PATIENCE)
        new_ticket(lead, "没有实时更新")
        expect(by(page, "list-updates")).to_be_visible(timeout=PATIENCE)
