"""Logging in and looking after one's own access, in a real browser."""

import re
import subprocess
import sys
from collections.abc import Iterator

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from libs.common.supervisor.processes import ROOT
from libs.common.supervisor.run import without_operator
from libs.common.testing.eventually import eventually
from libs.common.testing.processes import Processes
from tests.demo.customer import Mailbox
from tests.demo.desk import Desk
from tests.e2e.browsing import (
    PATIENCE,
    built_console,
    by,
    camera,
    demand_no_sideways_scroll,
    field,
    fill_in,
    window,
)
from tests.e2e.system import desk_of, password_of
from tests.support.openid import CLIENT_ID, CLIENT_SECRET, local_provider

STRONG = "Kx7#mP2qLw-vB"
shoot = camera("login", full_page=True)

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def system(processes: Processes) -> Iterator[dict[str, str]]:
    """The gateway, what sends its codes, and the company's sign-on."""
    built_console()
    seed = [sys.executable, "-m", "gateway.seed"]
    subprocess.run(seed, env=processes.env, cwd=ROOT, check=True)
    address = f"http://127.0.0.1:{processes.env['GATEWAY_PORT']}"
    with local_provider(callback=f"{address}/api/v1/sso/callback") as issuer:
        processes.env = {
            **without_operator(processes.env),
            "GATEWAY_URL": address,
            "OIDC_ISSUER": issuer,
            "OIDC_CLIENT_ID": CLIENT_ID,
            "OIDC_CLIENT_SECRET": CLIENT_SECRET,
            "OIDC_LABEL": "公司账号",
            "HTTP_ALLOW_PRIVATE": "127.0.0.0/8",
        }
        notify = ("notify.rpc", "notify.jobs")
        processes.start("mailbox", notify, "ticketing.rpc", "gateway.jobs", timeout=120)
        processes.start("gateway.web", timeout=120)
        yield processes.env


def sign_in(page: Page, login: str, password: str) -> None:
    fill_in(page, login, password)
    expect(by(page, "person-menu")).to_be_visible(timeout=PATIENCE)


def sign_out(page: Page) -> None:
    by(page, "person-menu").click()
    by(page, "sign-out").click()
    expect(by(page, "login-submit")).to_be_visible(timeout=PATIENCE)


def new_colleague(system: dict[str, str], login: str, role: str = "agent") -> str:
    """Somebody new; the initial password."""
    body = {"login": login, "name": f"同事 {login}", "role": role}
    return str(desk_of(system, "AD001").ask("POST", "/accounts", body)["initial_password"])


def colleague(system: dict[str, str], login: str) -> str:
    """Somebody who has chosen a password already: STRONG."""
    initial = new_colleague(system, login)
    desk = Desk(f"{system['GATEWAY_URL']}/api/v1", login, initial)
    desk.ask("PUT", "/me/password", {"current": initial, "new": STRONG})
    return login


def test_the_first_login_leads_to_a_password_of_ones_own(
    page: Page, system: dict[str, str]
) -> None:
    initial = new_colleague(system, "CS601")
    fill_in(page, "CS601", initial.lower())
    expect(by(page, "password-form")).to_be_visible(timeout=PATIENCE)
    page.goto("/me")
    expect(page).to_have_url(re.compile("/first-steps"), timeout=PATIENCE)
    field(page, "password-current").fill(initial)
    field(page, "password-next").fill("P@ssw0rd123")
    field(page, "password-again").fill("P@ssw0rd123")
    expect(by(page, "hint-length")).to_have_attribute("data-met", "true")
    by(page, "password-submit").click()
    expect(by(page, "broken-guessable")).to_be_visible(timeout=PATIENCE)
    shoot(page, "first-steps")
    field(page, "password-next").fill(STRONG)
    field(page, "password-again").fill(STRONG)
    by(page, "password-submit").click()
    expect(by(page, "profile-page")).to_be_visible(timeout=PATIENCE)
    sign_out(page)
    sign_in(page, "CS601", STRONG)


def test_whoever_fails_reads_a_picture_and_waits(page: Page) -> None:
    page.goto("/login")
    shoot(page, "empty")
    for _ in range(3):
        fill_in(page, "CS602", "wrong-password")
        expect(by(page, "login-error")).to_contain_text("不正确", timeout=PATIENCE)
    field(page, "login-password").fill("wrong-password")
    by(page, "login-submit").click()
    picture = by(page, "captcha-picture").locator("img")
    expect(picture).to_be_visible(timeout=PATIENCE)
    shown = picture.get_attribute("src")
    by(page, "captcha-picture").click()
    expect(picture).not_to_have_attribute("src", shown or "", timeout=PATIENCE)
    field(page, "captcha-answer").fill("?")
    by(page, "login-submit").click()
    expect(by(page, "login-error")).to_contain_text("图形验证码不正确", timeout=PATIENCE)
    expect(picture).to_be_visible(timeout=PATIENCE)
    shoot(page, "captcha")


def test_an_authenticator_app_is_set_up_asked_for_and_taken_off(
    page: Page, system: dict[str, str]
) -> None:
    sign_in(page, colleague(system, "CS603"), STRONG)
    page.goto("/me")
    by(page, "factor-open").click()
    expect(by(page, "factor-qr")).to_be_visible(timeout=PATIENCE)
    secret = by(page, "factor-secret").inner_text()
    shoot(page, "factor-setup")
    app = pyotp.TOTP(secret)
    field(page, "factor-code").fill("000000")
    by(page, "factor-confirm").click()
    expect(by(page, "factor-problem")).to_be_visible(timeout=PATIENCE)
    used = app.now()
    field(page, "factor-code").fill(used)
    by(page, "factor-confirm").click()
    codes = page.locator('[data-test="recovery-code"]').all_inner_texts
    expect(by(page, "recovery-codes")).to_be_visible(timeout=PATIENCE)
    kept = codes()
    assert len(kept) == 10
    shoot(page, "recovery-codes")
    with page.expect_download() as download:
        by(page, "download-codes").click()
    assert kept[9] in download.value.path().read_text()
    by(page, "codes-kept").click()
    by(page, "codes-done").click()
    expect(by(page, "codes-left")).to_contain_text("10", timeout=PATIENCE)
    shoot(page, "profile")

    sign_out(page)
    fill_in(page, "CS603", STRONG)
    expect(by(page, "second-step")).to_be_visible(timeout=PATIENCE)
    shoot(page, "second-step")
    field(page, "second-code").fill("000000")
    by(page, "second-submit").click()
    expect(by(page, "login-error")).to_be_visible(timeout=PATIENCE)
    by(page, "use-recovery").click()
    field(page, "second-code").fill(kept[0])
    by(page, "second-submit").click()
    expect(by(page, "person-menu")).to_be_visible(timeout=PATIENCE)

    page.goto("/me")
    by(page, "factor-remove").click()
    field(page, "proof-password").fill(STRONG)
    field(page, "proof-code").fill(kept[1])
    shoot(page, "factor-remove")
    by(page, "proof-submit").click()
    expect(by(page, "factor-open")).to_be_visible(timeout=PATIENCE)


def test_a_phone_is_verified_and_opens_the_door(page: Page, system: dict[str, str]) -> None:
    number = "+8613700006040"
    mailbox = Mailbox(f"http://127.0.0.1:{system['MAILBOX_PORT']}")
    sign_in(page, colleague(system, "CS604"), STRONG)
    page.goto("/me")
    by(page, "phone-edit").click()
    field(page, "phone-number").fill("137 0000 6040")
    by(page, "phone-submit").click()
    field(page, "phone-code").fill(code_sent_to(mailbox, number, 1))
    by(page, "phone-submit").click()
    expect(by(page, "section-phone")).to_contain_text("已验证", timeout=PATIENCE)
    sign_out(page)

    by(page, "way-sms").click()
    field(page, "sms-name").fill("CS604")
    by(page, "sms-send").click()
    expect(by(page, "sms-sent")).to_be_visible(timeout=PATIENCE)
    shoot(page, "sms")
    # The phone has just rung for its verification: the answer is the same, and nothing is sent.
    assert len(mailbox.texts_to(number)) == 1


def code_sent_to(mailbox: Mailbox, number: str, count: int) -> str:
    texts = eventually(
        lambda: (found := mailbox.texts_to(number)) and len(found) >= count and found
    )
    digits = re.search(r"\d{6}", texts[-1])
    assert digits
    return digits[0]


def test_the_companys_sign_on_brings_somebody_to_the_page_that_was_wanted(
    page: Page, system: dict[str, str]
) -> None:
    page.goto("/me")
    expect(by(page, "login-sso")).to_contain_text("公司账号", timeout=PATIENCE)
    by(page, "login-sso").click()
    page.locator("input[name=login]").fill("sub-cs001")
    page.locator("input[name=password]").fill("any")
    page.locator("button[type=submit]").click()
    page.locator("button[type=submit]").click()
    expect(by(page, "own-login")).to_have_text("CS001", timeout=PATIENCE)
    expect(by(page, "section-sessions")).to_contain_text("单点登录", timeout=PATIENCE)


def test_who_is_unknown_here_is_told_on_the_login_page(page: Page, system: dict[str, str]) -> None:
    page.goto("/login")
    by(page, "login-sso").click()
    page.locator("input[name=login]").fill("sub-stranger")
    page.locator("input[name=password]").fill("any")
    page.locator("button[type=submit]").click()
    page.locator("button[type=submit]").click()
    expect(by(page, "login-problem")).to_contain_text("没有对应的账号", timeout=PATIENCE)
    expect(page).to_have_url(re.compile(r"/login\?next=[^&]*$"))
    shoot(page, "sso-unknown")


def test_sessions_are_ended_by_their_owner_and_by_an_administrator(
    page: Page, browser: Browser, system: dict[str, str]
) -> None:
    login = colleague(system, "CS605")
    at = system["GATEWAY_URL"]
    with window(browser, at) as first, window(browser, at) as second:
        sign_in(first, login, STRONG)
        sign_in(second, login, STRONG)
        first.goto("/me")
        expect(first.locator('[data-test="own-session"]')).to_have_count(3, timeout=PATIENCE)
        by(first, "end-others").click()
        first.locator(".confirm-yes").click()
        expect(first.locator('[data-test="own-session"]')).to_have_count(1, timeout=PATIENCE)
        second.goto("/me")
        expect(by(second, "login-submit")).to_be_visible(timeout=PATIENCE)

        sign_in(page, "AD001", password_of(system, "AD001"))
        page.goto("/settings/sessions")
        expect(by(page, "session-row")).to_be_visible(timeout=PATIENCE)
        shoot(page, "sessions")
        field(page, "sessions-search").fill(login)
        rows = page.locator('[data-test="session-row"]')
        expect(rows).to_have_count(1, timeout=PATIENCE)
        by(page, "session-end").click()
        page.locator(".confirm-yes").click()
        expect(by(page, "sessions-empty")).to_be_visible(timeout=PATIENCE)
        first.goto("/me")
        expect(by(first, "login-submit")).to_be_visible(timeout=PATIENCE)


def test_an_administrator_looks_after_somebodys_access(page: Page, system: dict[str, str]) -> None:
    colleague(system, "CS606")
    sign_in(page, "AD001", password_of(system, "AD001"))
    page.goto("/settings/people")
    by(page, "account-CS606").click()
    by(page, "account-end-sessions").click()
    page.locator(".confirm-yes").click()
    expect(page.locator(".el-message--success")).to_be_visible(timeout=PATIENCE)
    shoot(page, "account-access")


def test_everything_fits_a_phone_and_speaks_english(page: Page, system: dict[str, str]) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/login")
    by(page, "language").click()
    expect(by(page, "login-submit")).to_have_text("Sign in", timeout=PATIENCE)
    demand_no_sideways_scroll(page)
    shoot(page, "phone")
    sign_in(page, "AD001", password_of(system, "AD001"))
    for path, mark in (("/me", "own-login"), ("/settings/sessions", "session-row")):
        page.goto(path)
        expect(by(page, mark)).to_be_visible(timeout=PATIENCE)
        demand_no_sideways_scroll(page)
        shoot(page, f"phone{path.replace('/', '-')}")
