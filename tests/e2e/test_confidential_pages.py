"""Confidential tickets in a real browser: who sees what, and that each reading is on record."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from libs.common.testing.eventually import eventually
from tests.demo.desk import Desk
from tests.e2e.browsing import (
    PATIENCE,
    address_of,
    by,
    camera,
    sign_in,
    window,
)
from tests.e2e.soundness import is_sound
from tests.e2e.system import desk_of

pytestmark = pytest.mark.timeout(300)

SAID, CARD, FILE = "我的银行卡被盗刷了三千元", "6222020200112233445", "身份证正面.txt"
PASSWORD = "An-Unusual-Sentence-42"

shoot = camera("confidential")


def template(administrator: Desk, key: str, *, identity_check: bool) -> None:
    """A confidential one, in use."""
    words = {"zh": f"盗刷 {key}", "en": f"Fraud {key}"}
    card = {"key": "card", "type": "text", "label": {"zh": "卡号", "en": "Card"}}
    secret = {"fields": ["card"], "identity_check": identity_check}
    values = {"name": words, "kind": "complaint", "fields": [card], "confidential": secret}
    made = administrator.ask("POST", "/ticket-templates", {"key": key, **values})
    match = {"If-Match": f'"{made["version"]}"'}
    administrator.ask("POST", f"/ticket-templates/{key}/versions", {}, headers=match)


def ticket(boss: Desk, key: str) -> str:
    """The number of a ticket with words, a value and a file, all of them confidential."""
    customer = boss.ask("POST", "/customers", {"name": "周先生", "phone": "13800138987"})
    body: dict[str, Any] = {
        "customer_id": customer["customer_id"],
        "subject": "盗刷投诉",
        "text": SAID,
        "template_key": key,
        "fields": {"card": CARD},
        "attachment_ids": [boss.upload(FILE, b"front", "text/plain")],
    }
    return str(boss.ask("POST", "/tickets", body)["number"])


def newcomer(administrator: Desk, system: dict[str, str], login: str) -> None:
    """Somebody who may do what agents do with all tickets, but not read what is confidential."""
    shipped = administrator.ask("GET", "/roles/agent")["permissions"]
    rights = [one for one in shipped if one != "ticket.read_confidential"]
    names = {"key": login, "name_zh": "外包坐席", "name_en": "Outsourced agent"}
    role = {**names, "ticket_scope": "all", "permissions": rights}
    administrator.ask("POST", "/roles", role)
    person = {"login": login, "name": "外包小陈", "role": login}
    first = administrator.ask("POST", "/accounts", person)["initial_password"]
    fresh = Desk(f"{address_of(system)}/api/v1", login, first)
    fresh.ask("PUT", "/me/password", {"current": first, "new": PASSWORD})


def come_in(page: Page, login: str, path: str) -> None:
    body = {"login": login, "password": PASSWORD}
    came = page.request.post("/api/v1/session", data=body, headers={"X-Tidedesk-Client": "console"})
    assert came.ok, came.text()
    page.goto(path)


def readings(auditor: Desk, number: str) -> list[tuple[str, str]]:
    """Who has read what of it, by the operation log."""
    wanted = f"/audit/entries?action=confidential_read&object_id={number}&limit=200"
    items = auditor.ask("GET", wanted)["items"]
    return [(one["actor_login"], str(one["detail"])) for one in items]


def test_without_the_right_there_is_a_banner_and_no_word(
    page: Page, system: dict[str, str]
) -> None:
    administrator, boss = desk_of(system, "AD001"), desk_of(system, "CS900")
    template(administrator, "fraud", identity_check=False)
    newcomer(administrator, system, "outsourced")
    number = ticket(boss, "fraud")
    before = readings(administrator, number)
    come_in(page, "outsourced", f"/tickets/{number}")
    expect(by(page, "withheld")).to_be_visible(timeout=PATIENCE)
    expect(by(page, "confidential")).to_be_visible()
    shown = page.locator("body").inner_text()
    assert not [words for words in (SAID, CARD, FILE) if words in shown]
    is_sound(page, shoot, "withheld")
    assert readings(administrator, number) == before, "nothing was shown, nothing was read"


def test_after_the_check_the_words_show_and_each_reading_stands_in_the_log(
    browser: Browser, page: Page, system: dict[str, str]
) -> None:
    administrator, boss = desk_of(system, "AD001"), desk_of(system, "CS900")
    template(administrator, "guarded", identity_check=True)
    number = ticket(boss, "guarded")
    sign_in(page, system, "CS900", f"/tickets/{number}")
    expect(by(page, "withheld")).to_be_visible(timeout=PATIENCE)
    expect(page.locator("main")).not_to_contain_text(SAID)
    before = len(readings(administrator, number))

    by(page, "check-identity").click()
    is_sound(page, shoot, "check")
    by(page, "identity-method").click()
    page.get_by_role("option").first.click()
    by(page, "identity-passed").click()
    by(page, "identity-submit").click()
    expect(by(page, "identity-until")).to_be_visible(timeout=PATIENCE)
    expect(page.locator("main")).to_contain_text(SAID, timeout=PATIENCE)
    expect(page.locator("main")).to_contain_text(FILE)
    is_sound(page, shoot, "shown")
    # It holds for all who have the right: the next reader needs no check, and is on record, too.
    with window(browser, address_of(system)) as other:
        sign_in(other, system, "AD001", f"/tickets/{number}")
        expect(other.locator("main")).to_contain_text(SAID, timeout=PATIENCE)
    eventually(lambda: len(readings(administrator, number)) > before + 1, 20)
    logins = {login for login, _ in readings(administrator, number)}
    assert {"CS900", "AD001"} <= logins

    by(page, "identity-checks").click()
    expect(by(page, "identity-list")).to_contain_text("通过", timeout=PATIENCE)
