"""Articles for tickets: which, for whom, and what is told of their use."""

from uuid import uuid4

import pytest

from libs.common.errors import Forbidden, NotFound
from tests.integration.kb.desk import Desk
from tests.support.actors import actor
from tests.support.asking import Ask


@pytest.fixture(scope="module")
def refund(desk: Desk) -> str:
    others = ("发票开具说明", "会员积分规则", "修改收货地址", "路由器指示灯说明", "客服话术规范")
    for title in others:
        desk.publish(title=title, body_html=f"<p>{title},请联系客服。</p>")
    desk.publish(
        title="投诉升级处理(内部)", body_html="<p>退款超时的投诉由主管处理</p>", kind="training"
    )
    made = desk.publish(
        title="退款多久到账",
        body_html="<p>退款在三个工作日内到账。</p>",
        audience="public",
        language="zh",
    )
    desk.count_words()
    key: str = made["article_id"]
    return key


def test_the_words_of_a_ticket_find_what_helps(ask: Ask, refund: str) -> None:
    text = "你好,我上周申请的退款到现在还没有到账,已经很多天了,请问是怎么回事?谢谢"
    items = ask("suggest_articles", subject="退款没到账", text=text, kind="inquiry")["items"]
    assert (items[0]["article_id"], items[0]["rank"]) == (refund, 1)
    assert items[0]["answer_text"] == "退款在三个工作日内到账。"
    assert "<mark>退款</mark>" in items[0]["title_html"]
    assert [one["rank"] for one in items] == list(range(1, len(items) + 1))
    staff_only = [one for one in items if one["audience"] == "staff"]
    assert "投诉升级处理(内部)" in {one["title"] for one in staff_only}


def test_a_ticket_about_something_else_gets_nothing(ask: Ask, refund: str) -> None:
    assert ask("suggest_articles", subject="天文望远镜")["items"] == []
    assert ask("suggest_articles", subject="", text="")["items"] == []


def test_use_is_counted_and_told_once_for_each_ticket_article_and_person(
    ask: Ask, desk: Desk, refund: str
) -> None:
    ticket = {"ticket_id": str(uuid4()), "number": "G20261001001"}
    for rank in (1, 2):
        used = ask("use_suggestion", actor=desk.author, article_id=refund, rank=rank, **ticket)
        assert used["answer_html"] == "<p>退款在三个工作日内到账。</p>"
        assert used["audience"] == "public"
    ask("use_suggestion", article_id=refund, **ticket)
    told = [one for one in desk.told(refund) if one["type"] == "suggestion.used"]
    assert [one["rank"] for one in told] == [1, None]
    assert told[0]["number"] == "G20261001001"
    days = desk.rows("SELECT sum(uses) AS uses FROM days WHERE article_id = :id", id=refund)
    assert days[0]["uses"] == 2


def test_what_is_not_published_is_not_used(ask: Ask, desk: Desk) -> None:
    draft = desk.write()["article_id"]
    with pytest.raises(NotFound):
        ask("use_suggestion", article_id=draft, ticket_id=str(uuid4()), number="G1")


def test_whoever_may_not_use_articles_does_not(ask: Ask, refund: str) -> None:
    auditor = actor("auditor")
    with pytest.raises(Forbidden):
        ask("use_suggestion", actor=auditor, article_id=refund, ticket_id=str(uuid4()), number="G1")
