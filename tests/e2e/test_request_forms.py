"""Customers fill in a template's form in the portal and on a web form, in a real browser."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from libs.common.testing.eventually import eventually
from tests.demo import story
from tests.demo.customer import Form
from tests.demo.desk import Desk
from tests.demo.samples import photo
from tests.e2e.axe import grave_findings
from tests.e2e.browsing import (
    DESK,
    PATIENCE,
    PHONE,
    address_of,
    by,
    camera,
    demand_no_sideways_scroll,
    field,
    sign_in,
    window,
)
from tests.e2e.system import code_sent_to, desk_of, outside_of

pytestmark = pytest.mark.timeout(300)

shoot = camera("request-forms")

KEY = "home_repair"
IS_BROKEN = {"field": "fields.state", "op": "is", "value": "broken"}
STATES = [
    {"value": "broken", "label": {"zh": "不能用", "en": "Broken"}},
    {"value": "noisy", "label": {"zh": "有异响", "en": "Noisy"}},
]
FIELDS: list[dict[str, Any]] = [
    {
        "key": "state",
        "type": "choice",
        "label": {"zh": "情况", "en": "State"},
        "required": True,
        "options": {"choices": STATES},
    },
    {
        "key": "symptom",
        "type": "text",
        "label": {"zh": "故障现象", "en": "Fault"},
        "visible_when": IS_BROKEN,
        "required_when": IS_BROKEN,
    },
    {"key": "photos", "type": "file", "label": {"zh": "照片", "en": "Photos"}},
    {"key": "count", "type": "number", "label": {"zh": "台数", "en": "How many"}},
    {"key": "cost", "type": "money", "label": {"zh": "成本", "en": "Cost"}},
]


@pytest.fixture(scope="module")
def lead(system: dict[str, str]) -> Desk:
    return desk_of(system, "CS900")


@pytest.fixture(scope="module")
def administrator(system: dict[str, str]) -> Desk:
    return desk_of(system, "AD001")


@pytest.fixture(scope="module")
def template(administrator: Desk) -> str:
    """A form for repairs, open to customers, with a field that shows on a condition."""
    body = {
        "key": KEY,
        "name": {"zh": "上门报修", "en": "Repair at home"},
        "kind": "repair",
        "description": "工程师上门维修",
        "description_en": "An engineer repairs it at home",
        "fields": FIELDS,
        "requirements": {"create": {"attachments": [{"kind": "photo", "count": 1}]}},
        "requesters": {"hidden": ["cost"]},
    }
    made = administrator.ask("POST", "/ticket-templates", body)
    stamp = {"If-Match": f'"{made["version"]}"'}
    administrator.ask("POST", f"/ticket-templates/{KEY}/versions", {}, headers=stamp)
    return KEY


def enter(page: Page, system: dict[str, str], contact: str) -> None:
    """The portal, by a code."""
    field(page, "portal-contact").fill(contact)
    by(page, "portal-send").click()
    field(page, "portal-code").fill(code_sent_to(outside_of(system), contact))
    by(page, "portal-enter").click()


def choose(page: Page, key: str, label: str) -> None:
    page.locator(f'[data-test="form-{key}"] .el-select').click()
    page.get_by_role("option", name=label, exact=True).click()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_customer_reports_a_fault_by_its_form(
    browser: Browser,
    system: dict[str, str],
    lead: Desk,
    template: str,
    size: dict[str, int],
    tmp_path: Path,
) -> None:
    outside, sender = outside_of(system), f"form-{size['width']}@example.com"
    story.ask_for_repair(outside, sender, lambda _: None)
    picture = tmp_path / "故障.png"
    picture.write_bytes(photo())
    with window(browser, address_of(system), viewport=size) as page:
        page.goto("/portal")
        enter(page, system, sender)
        by(page, "add-request").click()
        by(page, "request-form").click()
        by(page, f"request-form-{template}").click()
        expect(by(page, "request-files")).to_contain_text("照片", timeout=PATIENCE)
        expect(page.locator('[data-test="form-cost"]')).to_have_count(0)
        field(page, "request-subject").fill("洗衣机坏了")
        field(page, "request-body").fill("请尽快安排")
        by(page, "new-request-submit").click()
        fault = page.locator('[data-test="form-state"] [role=alert]')
        expect(fault).to_have_text("必填", timeout=PATIENCE)
        expect(page.get_by_text("需要 1 份照片")).to_be_visible()
        expect(page.locator('[data-test="form-fault"]')).to_have_count(1)
        choose(page, "state", "不能用")
        # What is mended is not marked any more, before it is sent again.
        expect(fault).to_have_count(0)
        expect(page.get_by_text("需要 1 份照片")).to_be_visible()
        field(page, "form-symptom").fill("不转")
        page.locator('[data-test="form-photos"] input[type=file]').set_input_files(picture)
        expect(by(page, "upload")).to_contain_text("故障.png", timeout=PATIENCE)
        expect(page.get_by_text("需要 1 份照片")).to_have_count(0)
        page.locator('[data-test="form-count"] input').fill("2")
        shoot(page, f"form-{size['width']}")
        assert grave_findings(page) == []
        demand_no_sideways_scroll(page)
        by(page, "new-request-submit").click()
        expect(by(page, "request-answers")).to_contain_text("不能用", timeout=PATIENCE)
        expect(by(page, "request-answers")).to_contain_text("不转")
        shoot(page, f"answers-{size['width']}")
        assert grave_findings(page) == []
        demand_no_sideways_scroll(page)
        number = page.url.partition("number=")[2]
    ticket = lead.ticket(number)
    assert (ticket["template"]["key"], ticket["kind"], ticket["channel"]) == (
        template,
        "repair",
        "portal",
    )
    fields = ticket["fields"]
    assert (fields["state"], fields["symptom"], fields["count"]) == ("broken", "不转", 2)
    assert [one["name"] for one in fields["photos"]] == ["故障.png"]


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_an_english_portal_shows_the_form_in_english(
    browser: Browser, system: dict[str, str], template: str, size: dict[str, int]
) -> None:
    outside, sender = outside_of(system), f"english-{size['width']}@example.com"
    story.ask_for_repair(outside, sender, lambda _: None)
    with window(browser, address_of(system), viewport=size) as page:
        page.add_init_script("localStorage.setItem('tidedesk.language', 'en')")
        page.goto("/portal")
        enter(page, system, sender)
        by(page, "add-request").click()
        dialog = page.get_by_role("dialog", name="New request")
        expect(dialog).to_be_visible(timeout=PATIENCE)
        assert grave_findings(page) == []
        by(page, "request-form").click()
        by(page, f"request-form-{template}").click()
        expect(dialog).to_contain_text("An engineer repairs it at home")
        expect(dialog).not_to_contain_text("工程师")
        expect(by(page, "form-state")).to_contain_text("State")
        field(page, "request-subject").fill("Washing machine")
        field(page, "request-body").fill("Please come soon")
        by(page, "new-request-submit").click()
        fault = page.locator('[data-test="form-state"] [role=alert]')
        expect(fault).to_have_text("Required", timeout=PATIENCE)
        shoot(page, f"form-english-{size['width']}")
        assert grave_findings(page) == []
        demand_no_sideways_scroll(page)


def test_an_employee_asks_by_the_forms_for_employees(
    page: Page, system: dict[str, str], template: str
) -> None:
    sign_in(page, system, "EM001", "/requests")
    by(page, "add-request").click()
    by(page, "request-form").click()
    expect(page.locator(f'[data-test="request-form-{template}"]')).to_have_count(0)
    by(page, "request-form-internal").click()
    field(page, "request-subject").fill("领显示器")
    field(page, "request-body").fill("一台")
    choose(page, "request_type", "设备")
    by(page, "new-request-submit").click()
    expect(by(page, "request-answers")).to_contain_text("设备", timeout=PATIENCE)


def test_a_designer_opens_a_template_to_customers(
    page: Page, system: dict[str, str], administrator: Desk, template: str
) -> None:
    copy = {"key": "closed_repair", "name": {"zh": "内修"}}
    administrator.ask("POST", f"/ticket-templates/{template}/copies", copy)
    sign_in(page, system, "AD001", "/settings/ticket-templates/closed_repair")
    box = by(page, "template-requesters")
    box.click()
    expect(page.locator('[data-test="requesters-hidden"]')).to_have_count(0)
    box.click()
    by(page, "requesters-hidden").click()
    page.get_by_role("option", name="台数", exact=True).click()
    page.keyboard.press("Escape")
    shoot(page, "designer")
    assert grave_findings(page) == []
    field(page, "template-description-en").fill("Repairs inside")
    by(page, "save-template").click()

    def saved() -> Any:
        kept = administrator.ask("GET", "/ticket-templates/closed_repair")
        return kept["requesters"], kept["description_en"]

    asked = {"hidden": ["count"], "categories": False}
    eventually(lambda: saved() == (asked, "Repairs inside"), 30)


def test_a_web_form_fills_in_a_template_by_its_own_names(
    page: Page, system: dict[str, str], lead: Desk, template: str
) -> None:
    sign_in(page, system, "AD001", "/settings/channel-accounts")
    by(page, "form-names").click()
    by(page, "form-names-template").click()
    by(page, f"form-names-{template}").click()
    field(page, "form-names-lines").fill("设备情况 = state\n数量")
    expect(by(page, "form-names-submit")).to_be_disabled()
    field(page, "form-names-lines").fill("设备情况 = state\n数量 = count")
    field(page, "form-names-category").fill("问题类型")
    shoot(page, "names")
    assert grave_findings(page) == []
    by(page, "form-names-submit").click()
    expect(page.locator('[data-test="form-names-dialog"]')).to_have_count(0, timeout=PATIENCE)
    form: Form = outside_of(system).form
    receipt = form.send(
        {
            "name": "赵先生",
            "email": "names@example.com",
            "description": "洗衣机响",
            "fields": {"设备情况": "有异响", "数量": "两台", "颜色": "白", "问题类型": "没有的"},
        }
    )
    number = eventually(lambda: form.receipt(receipt)["number"], 30)
    ticket = lead.ticket(number)
    assert (ticket["template"]["key"], ticket["fields"]) == (template, {"state": "noisy"})
    sign_in(page, system, "CS900", f"/tickets/{number}")
    expect(page.get_by_text("无法放进表单")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("台数: 两台")).to_be_visible()
    expect(page.get_by_text("颜色: 白")).to_be_visible()
    expect(page.get_by_text("category: 没有的")).to_be_visible()
    expect(page.get_by_text("没有可供客户选择的此分类")).to_be_visible()
    shoot(page, "left-out")
