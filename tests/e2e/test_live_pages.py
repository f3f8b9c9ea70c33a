"""What one person does shows on another's page at once, without the page asking again and again."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, Response, expect

from libs.common.testing.eventually import eventually
from tests.demo.desk import Desk
from tests.demo.samples import photo
from tests.e2e import browsing
from tests.e2e.browsing import PATIENCE, by, camera
from tests.e2e.system import desk_of

AT_ONCE = 30_000  # milliseconds; a page that had to ask by itself would do so once a minute

pytestmark = pytest.mark.timeout(300)

shoot = camera("together")


@pytest.fixture(scope="module")
def lead(system: dict[str, str]) -> Desk:
    return desk_of(system, "CS900")


class Window:
    """A signed-in person's page, when it last asked for what, and whether updates come to it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._asked: list[tuple[float, str]] = []
        self._is_listening = False
        page.on("request", self._note)
        page.on("response", self._hear)

    def _note(self, request: Request) -> None:
        if request.method == "GET" and "/api/v1/" in request.url:
            path = request.url.partition("/api/v1")[2]
            self._asked.append((time.monotonic(), path))

    def _hear(self, response: Response) -> None:
        if response.url.partition("/api/v1")[2].startswith("/live"):
            self._is_listening = response.ok

    def is_listening(self) -> bool:
        """Whether it hears what happens from now on."""
        self._let_events_in()
        return self._is_listening

    def asked(self, path: str) -> int:
        self._let_events_in()
        return sum(one.startswith(path) for _, one in self._asked)

    def is_quiet(self, path: str, seconds: float = 6.5) -> bool:
        """Whether it has not asked for so long; pages without updates ask every five seconds."""
        self._let_events_in()
        last = max((at for at, one in self._asked if one.startswith(path)), default=0.0)
        return time.monotonic() - last > seconds

    def _let_events_in(self) -> None:
        """The browser's events are told only while the browser is asked for something."""
        self.page.wait_for_timeout(100)


@pytest.fixture
def window(browser: Browser, system: dict[str, str]) -> Callable[[str], Any]:
    """Opens a window of somebody's own, at a page."""

    @contextmanager
    def open_window(login: str, path: str = "/") -> Iterator[Window]:
        with browsing.window(browser, browsing.address_of(system), keeps_urgent=True) as page:
            made = Window(page)
            browsing.sign_in(page, system, login, path)
            yield made

    return open_window


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
    with window("CS001", "/tickets?view=unassigned") as mine:
        page = mine.page
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
    with window("CS900", f"/tickets/{number}") as mine:
        page = mine.page
        expect(by(page, "ticket-status")).to_be_visible(timeout=PATIENCE)
        assert eventually(lambda: mine.is_quiet(f"/tickets/{number}"), 30)
        lead.ask("POST", f"/tickets/{number}/acceptance")
        expect(by(page, "ticket-status")).to_contain_text("处理中", timeout=AT_ONCE)
        assert eventually(lambda: mine.is_quiet(f"/tickets/{number}", 2), 30)
        other, before = new_ticket(lead, "别的工单"), mine.asked(f"/tickets/{number}")
        menu = mine.asked("/ticket-counts")
        assert eventually(lambda: mine.asked("/ticket-counts") > menu)
        assert mine.asked(f"/tickets/{number}") == before, f"asked because of {other}"


def test_whoever_loses_a_ticket_sees_it_leave_the_own_work(window: Any, lead: Desk) -> None:
    number = new_ticket(lead, "洗衣机异响")
    give(lead, number, "客服一号")
    with window("CS001", "/my-work") as mine:
        page = mine.page
        row = page.locator(f'[data-test="work-confirm"] a.number[href="/tickets/{number}"]')
        expect(row).to_be_visible(timeout=PATIENCE)
        assert eventually(mine.is_listening, 30)
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
        assert eventually(mine.is_listening)
        give(lead, number, "客服二号")
        popup = page.locator(".urgent-notice", has_text=number)
        expect(popup).to_be_visible(timeout=AT_ONCE)
        popup.click()
        expect(page).to_have_url(re.compile(number), timeout=PATIENCE)
        expect(popup).to_have_count(0, timeout=AT_ONCE)


def test_tabs_of_one_browser_share_a_stream(window: Any, lead: Desk) -> None:
    new_ticket(lead, "一个标签页")
    with window("CS001") as mine:
        first = mine.page
        # Until the first tab holds the lock, the second could take it.
        assert eventually(mine.is_listening, 30)
        second = first.context.new_page()
        other = Window(second)
        second.goto("/tickets?view=unassigned")
        expect(by(second, "person-menu")).to_be_visible(timeout=PATIENCE)
        assert eventually(lambda: other.is_quiet("/tickets?"), 30)
        assert other.asked("/live") == 0
        new_ticket(lead, "两个标签页")
        expect(by(second, "list-updates")).to_be_visible(timeout=AT_ONCE)
        first.close()
        assert eventually(lambda: other.asked("/live") == 1, 30)


def test_without_updates_pages_ask_by_themselves(window: Any, lead: Desk, browser: Browser) -> None:
    with window("CS001") as mine:
        page = mine.page
        new_ticket(lead, "此前的工单")
        page.context.route("**/api/v1/live*", lambda route: route.fulfill(status=503))
        page.goto("/tickets?view=unassigned")
        expect(page.locator('[data-test^="ticket-row-"]').first).to_be_visible(timeout=PATIENCE)
        new_ticket(lead, "没有实时更新")
        expect(by(page, "list-updates")).to_be_visible(timeout=PATIENCE)


def test_two_at_a_ticket_see_each_other_and_who_writes(window: Any, lead: Desk) -> None:
    number = new_ticket(lead, "打印机卡纸")
    give(lead, number, "客服一号")
    path = f"/tickets/{number}"
    with window("CS001", path) as mine, window("CS900", path) as other:
        expect(by(mine.page, "ticket-presence")).to_contain_text("客服主管", timeout=AT_ONCE)
        assert eventually(mine.is_listening)
        browsing.field(other.page, "editor-text").fill("您好")
        expect(by(mine.page, "ticket-presence")).to_contain_text(
            "客服主管 正在回复", timeout=AT_ONCE
        )
        other.page.goto("/tickets")
        expect(by(mine.page, "ticket-presence")).to_be_hidden(timeout=AT_ONCE)


def test_a_department_helps_through_the_pages(window: Any, lead: Desk) -> None:
    number = new_ticket(lead, "服务器报警")
    give(lead, number, "客服一号")
    with window("CS001", f"/tickets/{number}") as mine, window("TS001") as helper:
        page, other = mine.page, helper.page
        by(page, "collaborate").click(timeout=PATIENCE)
        browsing.field(page, "part-target").click()
        by(page, "target-技术部").click()
        browsing.field(page, "part-duty").fill("查看报警日志")
        shoot(page, "start")
        by(page, "collaborate-submit").click()
        expect(by(page, "collaboration-技术部")).to_contain_text("待接收", timeout=AT_ONCE)
        other.goto("/collaborations")
        expect(by(other, "collaborations-list")).to_contain_text("查看报警日志", timeout=AT_ONCE)
        by(other, "collaboration-take").click()
        expect(by(page, "collaboration-技术部")).to_contain_text("处理中", timeout=AT_ONCE)
        by(other, "collaboration-answer").click()
        browsing.field(other, "collaboration-words").fill("磁盘已更换")
        by(other, "collaboration-answer-submit").click()
        expect(by(page, "collaboration-技术部")).to_contain_text("磁盘已更换", timeout=AT_ONCE)
        by(page, "collaboration-accept").click()
        expect(by(page, "collaboration-技术部")).to_contain_text("已完成", timeout=AT_ONCE)
        by(page, "log-effort").click()
        page.get_by_role("button", name="30 分钟").click()
        by(page, "effort-submit").click()
        expect(by(page, "effort-total")).to_contain_text("30 分钟", timeout=AT_ONCE)
        shoot(page, "ticket")
        other.goto("/collaborations?state=all")
        expect(by(other, "collaborations-list")).to_contain_text("已完成", timeout=AT_ONCE)
        shoot(other, "list")


def test_a_customer_uploads_by_the_link_once(
    window: Any, lead: Desk, browser: Browser, system: dict[str, str]
) -> None:
    number = new_ticket(lead, "贷款资料")
    lead.ask("PUT", f"/tickets/{number}/assignee", {"assignee_id": "me"})
    with window("CS900", f"/tickets/{number}") as mine:
        page = mine.page
        by(page, "ask-material").click(timeout=PATIENCE)
        browsing.field(page, "material-text").fill("请上传身份证照片")
        shoot(page, "material")
        by(page, "material-submit").click()
        expect(by(page, "material")).to_contain_text("等待上传", timeout=AT_ONCE)
        # The timeline may come a moment after the card.
        link = eventually(
            lambda: re.findall(r"https?://\S+/u/\S+", page.locator("body").inner_text()), 30
        )[0]
        with browsing.window(browser, browsing.address_of(system)) as public:
            public.goto(link)
            expect(by(public, "upload-asked")).to_contain_text("身份证", timeout=PATIENCE)
            file = {"name": "身份证.png", "mimeType": "image/png", "buffer": photo()}
            public.locator('input[type="file"]').set_input_files([file])
            expect(by(public, "upload-send")).to_be_enabled(timeout=AT_ONCE)
            shoot(public, "upload")
            by(public, "upload-send").click()
            expect(by(public, "upload-done")).to_be_visible(timeout=AT_ONCE)
            public.reload()
            expect(by(public, "upload-received")).to_be_visible(timeout=AT_ONCE)
        expect(by(page, "material")).to_contain_text("已收到", timeout=AT_ONCE)


def test_a_draft_goes_on_at_another_machine(window: Any, lead: Desk) -> None:
    number = new_ticket(lead, "没写完的回复")
    give(lead, number, "客服一号")
    with (
        window("CS001", f"/tickets/{number}") as here,
        here.page.expect_response(lambda one: "/draft?" in one.url and one.request.method == "PUT"),
    ):
        browsing.field(here.page, "editor-text").fill("我们正在核实")
    with window("CS001", f"/tickets/{number}") as there:
        expect(browsing.field(there.page, "editor-text")).to_have_value(
            "我们正在核实", timeout=AT_ONCE
        )
