"""Articles written, reviewed, found, put into answers and read by everybody, in a real browser."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from libs.common.testing.eventually import eventually
from tests.demo.desk import Desk
from tests.e2e.axe import findings_at_rest
from tests.e2e.browsing import (
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
from tests.e2e.system import desk_of

Json = dict[str, Any]

pytestmark = pytest.mark.timeout(600)

MAIN_OVERFLOW = "document.querySelector('main').scrollWidth - innerWidth"
KEPT = "Object.values(localStorage).some(one => one.includes('等待五分钟'))"
shoot = camera("knowledge")


@pytest.fixture(scope="module")
def writer(system: dict[str, str]) -> Desk:
    return desk_of(system, "CS001")


@pytest.fixture(scope="module")
def reviewer(system: dict[str, str]) -> Desk:
    return desk_of(system, "CS900")


@pytest.fixture
def visitor(browser: Browser, system: dict[str, str]) -> Iterator[Page]:
    """The telephone of somebody who has no account."""
    with window(browser, address_of(system), viewport=PHONE) as page:
        yield page


def key(version: int | None = None) -> dict[str, str]:
    known = {"If-Match": f'"{version}"'} if version is not None else {}
    return {"Idempotency-Key": str(uuid4()), **known}


def write(desk: Desk, title: str, text: str = "<p>正文</p>", **more: Any) -> Json:
    body = {"title": title, "body_html": text, **more}
    return dict(desk.ask("POST", "/articles", body, headers=key()))


def change(desk: Desk, article: Json, **changes: Any) -> Json:
    path = f"/articles/{article['article_id']}"
    return dict(desk.ask("PATCH", path, changes, headers=key(article["version"])))


def publish(writer: Desk, reviewer: Desk, article: Json) -> Json:
    for desk, step in ((writer, "submit"), (reviewer, "approve")):
        path = f"/articles/{article['article_id']}/{step}"
        article = desk.ask("POST", path, {"comment": None}, headers=key(article["version"]))
    return article


def open_ticket(desk: Desk, subject: str, text: str) -> str:
    asked = {"name": "王小明", "phone": "13800138000"}
    customer = desk.ask("POST", "/customers", asked, headers=key())
    body = {"customer_id": customer["customer_id"], "subject": subject, "text": text}
    ticket = desk.ask("POST", "/tickets", {**body, "kind": "inquiry"}, headers=key())
    desk.take(ticket["number"])
    return str(ticket["number"])


def choose(page: Page, select: str, option: str) -> None:
    by(page, select).click()
    by(page, option).click()


def test_an_article_is_found_by_its_words_narrowed_down_and_judged(
    page: Page, system: dict[str, str]
) -> None:
    sign_in(page, system, "CS001")
    by(page, "menu-knowledge").click()
    expect(by(page, "articles")).to_be_visible(timeout=PATIENCE)
    field(page, "library-words").fill("退款多久到账")
    by(page, "library-search").click()
    found = by(page, "article-退款多久到账")
    expect(found.locator("mark").first).to_be_visible(timeout=PATIENCE)
    assert findings_at_rest(page) == []
    shoot(page, "search")
    choose(page, "filter-kind", "filter-kind-training")
    expect(page).to_have_url(re.compile("kind=training"))
    expect(page.locator('[data-test="article-退款多久到账"]')).to_have_count(0, timeout=PATIENCE)
    by(page, "library-clear").click()
    field(page, "library-words").fill("退款多久到账")
    by(page, "library-search").click()
    found.locator("a").first.click()
    expect(by(page, "article-title")).to_have_text("退款多久到账", timeout=PATIENCE)
    expect(page).to_have_title(re.compile("退款多久到账"))
    by(page, "judge-yes").click()
    expect(by(page, "judge-thanks")).to_contain_text("感谢", timeout=PATIENCE)
    assert findings_at_rest(page) == []
    shoot(page, "article")


def test_a_writer_formats_keeps_corrects_and_submits_and_somebody_else_publishes(
    page: Page, system: dict[str, str], reviewer: Desk
) -> None:
    sign_in(page, system, "CS001", "/knowledge/new")
    field(page, "article-title-field").fill("洗碗机报 E3 怎么办")
    text = by(page, "rich-text")
    text.click()
    page.keyboard.type("先断电。")
    by(page, "rich-bold").click()
    page.keyboard.type("不要打开外壳")
    by(page, "rich-bold").click()
    page.keyboard.press("Enter")
    by(page, "rich-table").click()
    page.keyboard.type("代码")
    expect(text.locator("strong")).to_have_text("不要打开外壳")
    choose(page, "article-kind", "choose-solution")
    by(page, "add-steps").click()
    field(page, "steps-0").fill("拔下电源，等待五分钟")
    expect(by(page, "kept")).to_be_visible()
    eventually(lambda: page.evaluate(KEPT), 30)

    page.reload()
    expect(by(page, "restored")).to_be_visible(timeout=PATIENCE)
    expect(field(page, "steps-0")).to_have_value("拔下电源，等待五分钟")
    expect(by(page, "rich-text").locator("strong")).to_have_text("不要打开外壳", timeout=PATIENCE)
    by(page, "audience-public").click()
    field(page, "article-slug").fill("不行 Slug")
    by(page, "save-article").click()
    expect(by(page, "rule-error")).to_contain_text("小写字母", timeout=PATIENCE)
    shoot(page, "editor-refused")
    field(page, "article-slug").fill("dishwasher-e3")
    by(page, "save-article").click()
    expect(page).to_have_url(re.compile("/edit$"), timeout=PATIENCE)
    expect(by(page, "rich-text").locator("table")).to_be_visible(timeout=PATIENCE)
    assert findings_at_rest(page) == []
    shoot(page, "editor")

    by(page, "save-and-submit").click()
    field(page, "review-comment").fill("请核对步骤")
    by(page, "review-submit").click()
    expect(by(page, "article-bar")).to_be_visible(timeout=PATIENCE)
    expect(by(page, "article-state")).to_have_text("待审核")
    waiting = reviewer.ask("GET", "/articles?state=review")["items"]
    assert [one["title"] for one in waiting] == ["洗碗机报 E3 怎么办"]

    page.context.clear_cookies()
    sign_in(page, system, "CS900", "/knowledge/reviews")
    by(page, "article-洗碗机报 E3 怎么办").locator("a").first.click()
    expect(by(page, "article-text")).to_contain_text("拔下电源", timeout=PATIENCE)
    shoot(page, "review")
    by(page, "approve-article").click()
    by(page, "review-submit").click()
    expect(by(page, "article-state")).to_have_text("已发布", timeout=PATIENCE)


def test_nobody_approves_what_they_have_written_and_sending_back_needs_a_reason(
    page: Page, system: dict[str, str], reviewer: Desk, writer: Desk
) -> None:
    own = write(reviewer, "主管自己写的")
    other = write(writer, "需要再改的")
    for desk, article in ((reviewer, own), (writer, other)):
        path = f"/articles/{article['article_id']}/submit"
        desk.ask("POST", path, {"comment": None}, headers=key(article["version"]))
    sign_in(page, system, "CS900", f"/knowledge/{own['article_id']}")
    expect(by(page, "own-version")).to_be_visible(timeout=PATIENCE)
    expect(by(page, "approve-article")).to_be_disabled()
    page.goto(f"/knowledge/{other['article_id']}")
    by(page, "decline-article").click()
    expect(by(page, "review-submit")).to_be_disabled()
    field(page, "review-comment").fill("请补充适用型号")
    by(page, "review-submit").click()
    expect(by(page, "article-state")).to_have_text("草稿", timeout=PATIENCE)
    by(page, "article-versions").click()
    expect(by(page, "version-1")).to_contain_text("请补充适用型号", timeout=PATIENCE)


def test_of_two_who_write_at_once_the_second_is_told_and_loses_nothing(
    page: Page, system: dict[str, str], writer: Desk, reviewer: Desk
) -> None:
    article = write(writer, "两人同时写")
    sign_in(page, system, "CS001", f"/knowledge/{article['article_id']}/edit")
    field(page, "article-title-field").fill("两人同时写（甲）")
    change(reviewer, article, summary="乙写的摘要", title="两人同时写（乙）")
    by(page, "save-article").click()
    notice = by(page, "article-conflict")
    expect(notice).to_contain_text("已并入对方修改的：摘要", timeout=PATIENCE)
    expect(notice).to_contain_text("双方都修改了：标题")
    expect(field(page, "article-title-field")).to_have_value("两人同时写（甲）")
    expect(field(page, "article-summary")).to_have_value("乙写的摘要")
    shoot(page, "conflict")
    by(page, "save-article").click()
    expect(notice).to_have_count(0, timeout=PATIENCE)
    saved = writer.ask("GET", f"/articles/{article['article_id']}")
    assert (saved["title"], saved["summary"]) == ("两人同时写（甲）", "乙写的摘要")


def test_versions_are_compared_word_by_word_and_an_old_one_taken_up_again(
    page: Page, system: dict[str, str], writer: Desk, reviewer: Desk
) -> None:
    first = write(writer, "滤芯更换周期", "<p>滤芯每三个月更换一次。</p>")
    read = publish(writer, reviewer, first)
    change(writer, read, body_html="<p>滤芯每六个月更换一次。</p>", audience="public")
    sign_in(page, system, "CS001", f"/knowledge/{first['article_id']}")
    by(page, "part-draft").locator("xpath=ancestor-or-self::label").click()
    expect(by(page, "article-text")).to_contain_text("六个月", timeout=PATIENCE)
    by(page, "article-versions").click()
    diff = by(page, "diff-body_text")
    expect(diff.locator("del")).to_contain_text("三", timeout=PATIENCE)
    expect(diff.locator("ins")).to_contain_text("六")
    expect(by(page, "diff-facts")).to_contain_text("公开")
    by(page, "diff-beside").click()
    expect(diff.locator('[data-column="old"]')).to_contain_text("三个月")
    expect(diff.locator('[data-column="new"]')).to_contain_text("六个月")
    assert findings_at_rest(page) == []
    shoot(page, "versions")
    by(page, "restore-1").click()
    page.locator(".confirm-yes").click()
    expect(by(page, "rich-text")).to_contain_text("三个月", timeout=PATIENCE)


def test_categories_are_added_moved_and_kept_while_something_is_in_them(
    page: Page, system: dict[str, str]
) -> None:
    sign_in(page, system, "CS900", "/knowledge/categories")
    by(page, "add-category").click()
    field(page, "category-name_zh").fill("企业客户")
    field(page, "category-name_en").fill("Business customers")
    by(page, "category-submit").click()
    row = by(page, "category-企业客户")
    expect(row).to_contain_text("Business customers", timeout=PATIENCE)
    expect(by(row, "category-down")).to_be_disabled()
    by(row, "category-up").click()
    expect(by(row, "category-down")).to_be_enabled(timeout=PATIENCE)
    by(by(page, "category-退款退货"), "category-remove").click()
    page.locator(".confirm-yes").click()
    told = page.locator(".el-message", has_text="分类下还有文章")
    expect(told).to_be_visible(timeout=PATIENCE)
    assert findings_at_rest(page) == []
    shoot(page, "categories")


def test_settings_and_figures_and_what_was_looked_for_in_vain(
    page: Page, system: dict[str, str]
) -> None:
    sign_in(page, system, "CS900", "/knowledge")
    field(page, "library-words").fill("火星移民签证")
    by(page, "library-search").click()
    expect(by(page, "write-missing")).to_be_visible(timeout=PATIENCE)
    page.goto("/knowledge/settings")
    by(page, "add-synonyms").click()
    words = page.locator('[data-test^="synonyms-"] input').last
    for word in ("洗碗机", "碗碟清洗机"):
        words.fill(word)
        page.keyboard.press("Enter")
    by(page, "knowledge-settings-submit").click()
    expect(page.locator(".el-message", has_text="已保存")).to_be_visible(timeout=PATIENCE)
    assert findings_at_rest(page) == []
    shoot(page, "settings")
    page.goto("/knowledge/figures")
    expect(by(page, "figure-published")).not_to_have_text("0", timeout=PATIENCE)
    missed = by(page, "missed").locator("li", has_text="火星移民签证")
    expect(missed).to_be_visible(timeout=PATIENCE)
    assert findings_at_rest(page) == []
    shoot(page, "figures")
    by(missed, "write-about").click()
    expect(field(page, "article-title-field")).to_have_value("火星移民签证", timeout=PATIENCE)


def test_an_answer_comes_into_the_reply_at_the_cursor_and_a_ticket_becomes_an_article(
    page: Page, system: dict[str, str], writer: Desk
) -> None:
    number = open_ticket(writer, "退款多久到账", "我上周申请了退款，什么时候到账？")
    sign_in(page, system, "CS001", f"/tickets/{number}")
    suggested = by(page, "suggestion-退款多久到账")
    expect(suggested).to_contain_text("公开", timeout=PATIENCE)
    editor = field(page, "editor-text")
    editor.fill("王先生您好：\n祝好")
    editor.evaluate("box => box.setSelectionRange(6, 6)")
    by(suggested, "suggestion-use").click()
    expect(editor).to_have_value(
        re.compile("^王先生您好：\n\n.*1 个工作日.*\n\n祝好$", re.DOTALL), timeout=PATIENCE
    )
    with page.context.expect_page() as opened:
        by(suggested, "suggestion-open").click()
    expect(by(opened.value, "article-title")).to_have_text("退款多久到账", timeout=PATIENCE)
    opened.value.close()
    shoot(page, "suggestions")
    by(page, "more").click()
    by(page, "write-article").click()
    expect(field(page, "article-title-field")).to_have_value("退款多久到账", timeout=PATIENCE)
    expect(by(page, "from-ticket")).to_contain_text(number)
    assert "王" not in page.locator("main").inner_text()


def test_everybody_finds_answers_on_a_telephone_without_an_account(
    visitor: Page, writer: Desk, reviewer: Desk
) -> None:
    inside = publish(writer, reviewer, write(writer, "内部话术", "<p>只给员工看</p>"))
    visitor.goto("/help")
    expect(by(visitor, "help-results")).to_be_visible(timeout=PATIENCE)
    expect(visitor).to_have_title(re.compile("^帮助中心"))
    expect(visitor.locator('[data-test="person-menu"]')).to_have_count(0)
    demand_no_sideways_scroll(visitor)
    assert findings_at_rest(visitor) == []
    shoot(visitor, "help")
    field(visitor, "help-words").fill("退款到账")
    visitor.keyboard.press("Enter")
    found = by(visitor, "help-results").locator("a", has_text="退款多久到账")
    expect(found.locator("mark").first).to_be_visible(timeout=PATIENCE)
    shoot(visitor, "help-search")
    found.click()
    expect(by(visitor, "help-title")).to_have_text("退款多久到账", timeout=PATIENCE)
    expect(visitor).to_have_title(re.compile("^退款多久到账"))
    by(visitor, "judge-no").click()
    expect(by(visitor, "judge-thanks")).to_contain_text("感谢", timeout=PATIENCE)
    demand_no_sideways_scroll(visitor)
    assert findings_at_rest(visitor) == []
    shoot(visitor, "help-article")
    visitor.goto(f"/help/{inside['article_id']}")
    expect(by(visitor, "help-gone")).to_be_visible(timeout=PATIENCE)


def test_the_help_centre_speaks_english_and_leads_to_the_portal(visitor: Page) -> None:
    visitor.set_viewport_size({"width": 1280, "height": 900})
    visitor.goto("/help")
    by(visitor, "language").click()
    expect(visitor).to_have_title(re.compile("^Help centre"), timeout=PATIENCE)
    expect(by(visitor, "help-results")).to_contain_text(re.compile("[a-z]{3}"), timeout=PATIENCE)
    by(visitor, "help-category-售后服务").click()
    expect(by(visitor, "help-heading")).to_have_text("After-sales", timeout=PATIENCE)
    assert findings_at_rest(visitor) == []
    shoot(visitor, "help-english")
    by(visitor, "help-ask").click()
    expect(by(visitor, "portal-page")).to_be_visible(timeout=PATIENCE)
    by(visitor, "portal-help").click()
    expect(by(visitor, "help-page")).to_be_visible(timeout=PATIENCE)


def test_the_library_speaks_english(page: Page, system: dict[str, str]) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    sign_in(page, system, "CS900", "/knowledge")
    by(page, "language").click()
    expect(page.locator("h1")).to_have_text("Knowledge base", timeout=PATIENCE)
    choose(page, "filter-language", "filter-language-en")
    by(page, "articles").locator("a").first.click()
    expect(by(page, "article-bar")).to_contain_text("Archive", timeout=PATIENCE)
    by(page, "edit-article").click()
    expect(by(page, "rich-bold")).to_have_attribute("title", re.compile("Bold"), timeout=PATIENCE)
    shoot(page, "english")


def test_whoever_may_only_read_writes_nothing(page: Page, system: dict[str, str]) -> None:
    sign_in(page, system, "AU001", "/knowledge")
    by(page, "articles").locator("a").first.click()
    expect(by(page, "article-title")).to_be_visible(timeout=PATIENCE)
    expect(page.locator('[data-test="article-bar"], [data-test="add-article"]')).to_have_count(0)
    page.goto("/knowledge/new")
    expect(by(page, "forbidden")).to_be_visible(timeout=PATIENCE)
