"""What mails say, in the customer's language, whatever the customer and the agent wrote."""

from typing import Any

import pytest

from services.notify.clients.templates import Wording
from services.notify.domain.ticket_happenings import happening_of
from services.notify.domain.wording import REPLY_MARK, choose_language, excerpt
from tests.unit.notify.facts import created, replied, solved
from tests.unit.notify.telling import worded

ATTACK = "<script>alert(1)</script>{{ 7*7 }}{% raw %}"


def receipt(language: str = "zh-CN", **fields: Any) -> Wording:
    return worded(happening_of("ticket.created", created(**fields)), language)


def reply(language: str = "zh-CN", **fields: Any) -> Wording:
    return worded(happening_of("ticket.replied", replied(**fields)), language)


def solution(language: str = "zh-CN", **fields: Any) -> Wording:
    return worded(happening_of("ticket.solved", solved(**fields)), language)


def html_of(wording: Wording) -> str:
    assert wording.html is not None
    return wording.html


ALL = [receipt, reply, solution]


@pytest.mark.parametrize("mail", ALL)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_mail_begins_with_the_mark_and_names_the_ticket(mail: Any, language: str) -> None:
    wording = mail(language)
    assert wording.text.startswith(f"{REPLY_MARK}\n")
    assert wording.html.index(REPLY_MARK) < wording.html.index("韩梅梅")
    assert "G20261121001" in wording.text
    assert "G20261121001" in wording.html


@pytest.mark.parametrize(("urgency", "hours"), [("normal", 24), ("urgent", 4), ("critical", 2)])
def test_a_receipt_promises_the_first_answer_by_urgency(urgency: str, hours: int) -> None:
    assert f"{hours} 小时内" in receipt(urgency=urgency).text
    assert f"within {hours} hours" in receipt("en", urgency=urgency).text


def test_a_receipt_says_what_was_understood() -> None:
    text = receipt(urgency="urgent", text="杯子碎了\n请补发").text
    assert "我们已收到您的投诉" in text
    assert "主题：收到的商品破损" in text
    assert "紧急程度：紧急" in text
    assert "> 杯子碎了\n> 请补发" in text
    assert "repair request" in receipt("en", kind="repair").text


def test_a_receipt_repeats_only_the_beginning() -> None:
    assert len(excerpt("长" * 10_000)) == 500
    assert len(receipt(text="长" * 10_000).text) < 1000


def test_an_unknown_kind_or_urgency_does_not_stop_a_receipt() -> None:
    assert "我们已收到您的来信" in receipt(kind="something_new", urgency="p0").text


@pytest.mark.parametrize("mail", ALL)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_nothing_that_people_write_becomes_markup_or_template(mail: Any, language: str) -> None:
    wording = mail(language, text=ATTACK, subject=ATTACK)
    assert "<script>" not in wording.html
    assert "{{ 7*7 }}" in wording.html
    assert ATTACK in wording.text


def test_a_name_is_neither_markup_nor_more_than_a_line() -> None:
    happening = happening_of("ticket.replied", replied())
    wording = worded(happening, customer="<b>王</b>\r\n小明")
    assert "<b>王</b> 小明，您好" in wording.text
    assert "&lt;b&gt;王&lt;/b&gt; 小明，您好" in (wording.html or "")


def test_a_customer_without_a_name_is_greeted_all_the_same() -> None:
    happening = happening_of("ticket.replied", replied())
    assert "\n您好：" in worded(happening, customer="").text
    assert "Dear customer," in worded(happening, "en", customer="").text


def test_lines_of_a_reply_stay_lines_in_html() -> None:
    assert "第一行<br>\n第二行" in html_of(reply(text="第一行\n第二行"))


def test_rich_text_loses_what_is_dangerous_only() -> None:
    html = '<p onclick="x()">已<b>补发</b><script>x()</script><img src=x onerror=x()></p>'
    assert "已<b>补发</b>" in html_of(reply(html=html))
    assert "onclick" not in html_of(reply(html=html))
    assert "onerror" not in html_of(reply(html=html))
    assert "<script" not in html_of(reply(html=html))


@pytest.mark.parametrize(
    ("language", "chosen"),
    [("zh-CN", "zh"), ("zh", "zh"), ("ZH-Hant", "zh"), ("", "zh"), ("en-GB", "en"), ("ja", "en")],
)
def test_the_language_is_the_customers_or_english(language: str, chosen: str) -> None:
    assert choose_language(language) == chosen


def test_a_receipt_names_the_promised_time_where_the_business_is() -> None:
    happening = happening_of("ticket.created", created())
    promised = {"promised_at": "2026-11-21T14:30:00+00:00"}
    assert "将在 2026-11-21 22:30 前给您首次答复" in worded(happening, **promised).text
    assert "by 2026-11-21 22:30" in worded(happening, "en", **promised).text
    assert "2026-11-21 22:30" in worded(happening, "zh", "sms", **promised).text
