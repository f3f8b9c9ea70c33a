"""People and organisation in a real browser, as the administrator works there."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from libs.common.supervisor.processes import ROOT
from libs.common.supervisor.run import without_operator
from libs.common.testing.processes import Processes
from tests.e2e.browsing import (
    PATIENCE,
    address_of,
    built_console,
    by,
    camera,
    come_in,
    demand_no_sideways_scroll,
    field,
    fill_in,
    window,
)

shoot = camera("organisation")

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def system(processes: Processes) -> dict[str, str]:
    """The gateway, and the services that its frame asks."""
    built_console()
    seed = [sys.executable, "-m", "gateway.seed"]
    subprocess.run(seed, env=processes.env, cwd=ROOT, check=True)
    processes.env = without_operator(processes.env)
    processes.start(("ticketing.rpc", "notify.rpc", "gateway.jobs"), "gateway.web", timeout=120)
    return processes.env


@pytest.fixture
def page(browser: Browser, system: dict[str, str]) -> Iterator[Page]:
    """A window in which the administrator is signed in; no page is open yet."""
    with window(browser, address_of(system)) as page:
        come_in(page, system, "AD001")
        yield page


def make_account(page: Page, login: str, name: str) -> str:
    """The initial password, as the page shows it once."""
    by(page, "add-account").click()
    field(page, "account-login").fill(login)
    field(page, "account-name").fill(name)
    field(page, "account-extension").fill("8888")
    by(page, "account-save").click()
    secret = by(page, "shown-once")
    expect(secret).to_be_visible(timeout=PATIENCE)
    password = secret.inner_text()
    shoot(page, "password")
    by(page, "secret-kept").click()
    return password


def test_a_new_colleague_gets_an_account_and_comes_in_with_it(
    page: Page, system: dict[str, str], browser: Browser
) -> None:
    page.goto("/settings/people")
    expect(by(page, "account-CS001")).to_be_visible(timeout=PATIENCE)
    shoot(page, "people")
    password = make_account(page, "CS501", "新同事")
    row = by(page, "account-CS501")
    expect(row).to_contain_text("未改密码", timeout=PATIENCE)
    expect(row).to_contain_text("8888")

    with window(browser, address_of(system)) as other:
        fill_in(other, "CS501", password)
        expect(other).not_to_have_url("/login", timeout=PATIENCE)


def test_an_account_is_changed_and_switched_off(page: Page) -> None:
    page.goto("/settings/people")
    make_account(page, "CS502", "将离开")
    by(page, "account-CS502").click()
    name = field(page, "account-name")
    expect(name).to_have_value("将离开", timeout=PATIENCE)
    shoot(page, "drawer")
    name.fill("已改名")
    by(page, "account-save").click()
    expect(by(page, "account-CS502")).to_contain_text("已改名", timeout=PATIENCE)
    by(page, "account-CS502").click()
    by(page, "account-switch").click()
    page.locator(".confirm-yes").click()
    expect(by(page, "account-switch")).to_contain_text("启用", timeout=PATIENCE)
    page.keyboard.press("Escape")
    expect(page.locator('[data-test="account-CS502"]')).to_have_count(0, timeout=PATIENCE)


def test_a_login_that_is_taken_is_told_in_the_form(page: Page) -> None:
    page.goto("/settings/people")
    by(page, "add-account").click()
    field(page, "account-login").fill("cs001")
    field(page, "account-name").fill("重复")
    by(page, "account-save").click()
    expect(by(page, "account-problem")).to_contain_text("登录名已被使用", timeout=PATIENCE)
    shoot(page, "taken")


def test_people_are_found_and_the_address_keeps_the_search(page: Page) -> None:
    page.goto("/settings/people")
    expect(by(page, "account-CS001")).to_be_visible(timeout=PATIENCE)
    field(page, "people-search").fill("主管")
    expect(page.locator('[data-test="account-CS001"]')).to_have_count(0, timeout=PATIENCE)
    expect(by(page, "account-CS900")).to_be_visible(timeout=PATIENCE)
    page.reload()
    expect(field(page, "people-search")).to_have_value("主管", timeout=PATIENCE)
    field(page, "people-search").fill("没有这个人")
    expect(by(page, "people-empty")).to_be_visible(timeout=PATIENCE)


def test_many_accounts_come_from_a_file_with_its_errors_shown(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "员工.csv"
    rows = ["登录名,姓名,角色,部门,生日", "CS601,导入一,客服,售后部/上海组,1990"]
    rows += ["CS602,导入二,技术,技术部,", "CS603,导入三,皇帝,售后部,", "CS001,客服一号,,,"]
    file.write_text("\n".join(rows), encoding="gb18030")
    page.goto("/settings/people")
    by(page, "import-people").click()
    page.locator('[data-test="import-file"]').set_input_files(file)
    by(page, "import-preview").click()
    expect(by(page, "row-2")).to_contain_text("不存在", timeout=PATIENCE)
    shoot(page, "import-errors")
    page.locator(".el-checkbox", has_text="自动新建").click()
    by(page, "import-preview").click()
    expect(by(page, "row-4")).to_contain_text("角色：不存在", timeout=PATIENCE)
    shoot(page, "import-preview")
    by(page, "import-run").click()
    with page.expect_download() as download:
        by(page, "save-passwords").click()
    shoot(page, "import-done")
    saved = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert [line.split(",")[0] for line in saved.splitlines()] == ["登录名", "CS601", "CS602"]
    by(page, "import-close").click()
    expect(by(page, "account-CS601")).to_contain_text("上海组", timeout=PATIENCE)


def test_the_template_can_be_downloaded(page: Page) -> None:
    page.goto("/settings/people")
    by(page, "import-people").click()
    with page.expect_download() as download:
        by(page, "template-xlsx").click()
    assert Path(download.value.path()).read_bytes().startswith(b"PK")


def test_departments_are_added_moved_and_switched_off(page: Page) -> None:
    page.goto("/settings/organisation")
    by(page, "add-departments").click()
    field(page, "unit-name").fill("客服中心")
    by(page, "unit-submit").click()
    unit = by(page, "unit-客服中心")
    expect(unit).to_be_visible(timeout=PATIENCE)
    unit.locator('[data-test="unit-add"]').click()
    field(page, "unit-name").fill("夜班组")
    by(page, "unit-submit").click()
    expect(by(page, "unit-夜班组")).to_be_visible(timeout=PATIENCE)
    shoot(page, "departments")
    unit.locator('[data-test="unit-switch"]').click()
    page.locator(".confirm-yes").click()
    expect(page.locator(".el-message--error")).to_contain_text("不能停用", timeout=PATIENCE)
    by(page, "unit-夜班组").locator('[data-test="unit-switch"]').click()
    page.locator(".confirm-yes").click()
    expect(page.locator('[data-test="unit-夜班组"]')).to_have_count(0, timeout=PATIENCE)


def test_a_group_gets_members_and_a_lead(page: Page) -> None:
    page.goto("/settings/organisation?tab=groups")
    by(page, "add-group").click()
    field(page, "group-name").fill("投诉处理组")
    by(page, "group-submit").click()
    group = by(page, "group-投诉处理组")
    expect(group).to_be_visible(timeout=PATIENCE)
    shoot(page, "groups")
    group.locator('[data-test="group-members"]').click()
    field(page, "add-member").click()
    by(page, "person-CS001").click()
    member = by(page, "member-CS001")
    member.locator(".el-checkbox").click()
    shoot(page, "members")
    by(page, "members-submit").click()
    expect(group).to_contain_text("成员（1）", timeout=PATIENCE)
    group.locator('[data-test="group-members"]').click()
    expect(by(page, "member-CS001").locator("input")).to_be_checked(timeout=PATIENCE)


def test_a_brand_is_added(page: Page) -> None:
    page.goto("/settings/organisation?tab=brands")
    by(page, "add-brand").click()
    field(page, "brand-name").fill("潮汐电器")
    field(page, "brand-key").fill("tide-home")
    by(page, "brand-submit").click()
    expect(by(page, "brand-tide-home")).to_contain_text("潮汐电器", timeout=PATIENCE)
    shoot(page, "brands")


@pytest.mark.parametrize(
    ("address", "mark"),
    [
        ("/settings/people", "account-CS001"),
        ("/settings/organisation?tab=groups", "group-售后一组"),
    ],
)
def test_the_pages_fit_a_phone_and_speak_english(page: Page, address: str, mark: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(address)
    expect(by(page, mark)).to_be_visible(timeout=PATIENCE)
    by(page, "language").click()
    expect(page.locator("h1")).to_have_text(
        "Accounts" if "people" in address else "Organisation", timeout=PATIENCE
    )
    shoot(page, f"phone-{mark.partition('-')[0]}")
    demand_no_sideways_scroll(page)
    if mark.startswith("account"):
        by(page, mark).click()
        expect(field(page, "account-name")).to_be_visible(timeout=PATIENCE)
        shoot(page, "phone-drawer")
        demand_no_sideways_scroll(page)
