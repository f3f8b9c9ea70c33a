"""Articles are written, reviewed, published and changed; readers see what was approved."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from libs.common.errors import Conflict, DeskError, Forbidden, InvalidInput, NotFound, Stale
from tests.integration.kb.desk import Desk
from tests.support.actors import actor
from tests.support.asking import Ask


def test_a_draft_is_seen_by_writers_only(ask: Ask, desk: Desk) -> None:
    draft = desk.write(title="如何申请退货")
    assert (draft["state"], draft["version"], draft["draft"]["number"]) == ("draft", 1, 1)
    reader = actor("field_engineer")
    with pytest.raises(NotFound):
        ask("get_article", actor=reader, article_id=draft["article_id"])
    assert ask("get_article", article_id=draft["article_id"])["title"] == "如何申请退货"
    assert "如何申请退货" not in desk.titles("申请退货")
    assert "如何申请退货" in desk.titles("申请退货", state="draft")
    with pytest.raises(Forbidden):
        ask("list_articles", actor=reader, filters={"state": "draft"})


def test_a_version_comes_before_its_readers_by_a_review(ask: Ask, desk: Desk) -> None:
    key = desk.write(title="退款时效说明")["article_id"]
    waiting = ask("submit_article", actor=desk.author, article_id=key, comment="请审核")
    assert waiting["state"] == "review"
    approved = ask("approve_article", article_id=key, version=waiting["version"])
    assert (approved["state"], approved["draft"]) == ("published", None)
    assert ask("get_article", actor=actor("field_engineer"), article_id=key)["number"] == 1
    assert desk.types(key) == ["article.review_requested", "article.published"]
    told = desk.told(key)[-1]
    assert (told["revision"], told["number"], told["state"]) == (3, 1, "published")
    assert told["actor"]["name"] == "王主管"


def test_nobody_approves_what_they_have_written_themselves(ask: Ask, desk: Desk) -> None:
    key = ask("create_article", values={"title": "自己写的", "summary": "正文"})["article_id"]
    ask("submit_article", article_id=key)
    with pytest.raises(Forbidden) as refusal:
        ask("approve_article", article_id=key)
    assert refusal.value.code == "article.own_version"
    assert ask("approve_article", actor=actor("supervisor"), article_id=key)["state"] == "published"


def test_whoever_wrote_part_of_it_does_not_approve_it_either(ask: Ask, desk: Desk) -> None:
    key = desk.write()["article_id"]
    ask("edit_article", article_id=key, changes={"summary": "主管改过"})
    ask("submit_article", actor=desk.author, article_id=key)
    with pytest.raises(Forbidden):
        ask("approve_article", article_id=key)


def test_settings_may_allow_it(ask: Ask, desk: Desk) -> None:
    ask("edit_settings", changes={"needs_other_reviewer": False})
    key = ask("create_article", values={"title": "自审", "summary": "正文"})["article_id"]
    ask("submit_article", article_id=key)
    assert ask("approve_article", article_id=key)["state"] == "published"
    ask("edit_settings", changes={"needs_other_reviewer": True})


def test_a_declined_version_goes_back_with_the_reason(ask: Ask, desk: Desk) -> None:
    key = desk.write()["article_id"]
    ask("submit_article", actor=desk.author, article_id=key)
    with pytest.raises(InvalidInput):
        ask("decline_article", article_id=key, comment=" ")
    declined = ask("decline_article", article_id=key, comment="缺少截图")
    assert (declined["state"], declined["draft"]["state"]) == ("draft", "draft")
    told = desk.told(key)[-1]
    assert (told["type"], told["comment"]) == ("article.review_declined", "缺少截图")
    reviews = ask("list_versions", article_id=key)["reviews"]
    assert [one["verdict"] for one in reviews] == ["declined", "requested"]


def test_readers_see_the_published_version_while_the_next_one_is_written(
    ask: Ask, desk: Desk
) -> None:
    article = desk.publish(title="发票开具", body_html="<p>三个工作日</p>", audience="public")
    key = article["article_id"]
    edited = ask(
        "edit_article",
        actor=desk.author,
        article_id=key,
        changes={"body_html": "<p>一个工作日</p>"},
    )
    assert (edited["state"], edited["draft"]["number"], edited["number"]) == ("published", 2, 1)
    assert "三个工作日" in ask("get_article", article_id=key)["body_html"]
    assert desk.search("三个工作日")
    assert not [one for one in desk.search("一个工作日") if one["number"] == 2]
    desk.approve(key)
    now = ask("get_article", article_id=key)
    assert (now["number"], now["body_html"]) == (2, "<p>一个工作日</p>")
    states = [one["state"] for one in ask("list_versions", article_id=key)["items"]]
    assert states == ["published", "superseded"]


def test_an_article_for_staff_does_not_become_public_without_a_review(ask: Ask, desk: Desk) -> None:
    key = desk.publish(audience="staff")["article_id"]
    ask("edit_article", actor=desk.author, article_id=key, changes={"audience": "public"})
    assert ask("get_article", article_id=key)["audience"] == "staff"


def test_an_edit_takes_a_version_out_of_its_review(ask: Ask, desk: Desk) -> None:
    key = desk.write()["article_id"]
    ask("submit_article", actor=desk.author, article_id=key)
    ask("edit_article", actor=desk.author, article_id=key, changes={"summary": "补充"})
    with pytest.raises(Conflict) as refusal:
        ask("approve_article", article_id=key)
    assert refusal.value.code == "article.not_in_review"


def test_an_earlier_version_can_be_taken_up_again(ask: Ask, desk: Desk) -> None:
    key = desk.publish(body_html="<p>旧说法</p>")["article_id"]
    ask("edit_article", actor=desk.author, article_id=key, changes={"body_html": "<p>新说法</p>"})
    desk.approve(key)
    restored = ask("restore_version", actor=desk.author, article_id=key, number=1)
    assert restored["draft"]["body_html"] == "<p>旧说法</p>"
    assert restored["draft"]["number"] == 3
    with pytest.raises(NotFound):
        ask("restore_version", article_id=key, number=9)


def test_the_difference_is_told_word_by_word(ask: Ask, desk: Desk) -> None:
    key = desk.publish(title="退款", body_html="<p>退款会在三个工作日内到账。</p>")["article_id"]
    changes = {"body_html": "<p>退款会在五个工作日内到账。</p>"}
    ask("edit_article", actor=desk.author, article_id=key, changes=changes)
    fields = ask("compare_versions", article_id=key, old=1, new=2)["fields"]
    body = next(one for one in fields if one["field"] == "body_text")
    assert [(one["op"], one["text"]) for one in body["segments"]] == [
        ("equal", "退款会在"),
        ("delete", "三个"),
        ("insert", "五个"),
        ("equal", "工作日内到账。"),
    ]
    assert not next(one for one in fields if one["field"] == "title")["is_changed"]


def test_a_discarded_draft_leaves_what_is_read(ask: Ask, desk: Desk) -> None:
    key = desk.publish(title="保修政策")["article_id"]
    ask("edit_article", actor=desk.author, article_id=key, changes={"title": "保修政策二"})
    left = ask("discard_draft", actor=desk.author, article_id=key)
    assert (left["draft"], left["title"]) == (None, "保修政策")
    assert not desk.search("保修政策二", state="draft")
    only = desk.write()["article_id"]
    with pytest.raises(Conflict):
        ask("discard_draft", article_id=only)


def test_a_withdrawn_article_is_written_on(ask: Ask, desk: Desk) -> None:
    key = desk.publish(title="过时的促销规则", audience="public")["article_id"]
    withdrawn = ask("withdraw_article", article_id=key)
    assert (withdrawn["state"], withdrawn["draft"]["number"]) == ("draft", 2)
    assert desk.told(key)[-1]["cause"] == "withdrawn"
    assert "过时的促销规则" not in desk.titles("促销规则")
    with pytest.raises(Conflict):
        ask("withdraw_article", article_id=key)


def test_an_archived_article_rests_until_somebody_writes_on(ask: Ask, desk: Desk) -> None:
    key = desk.publish(title="旧型号说明书")["article_id"]
    assert ask("archive_article", article_id=key)["state"] == "archived"
    assert desk.told(key)[-1]["cause"] == "archived"
    assert "旧型号说明书" in desk.titles("旧型号", state="archived")
    with pytest.raises(Conflict):
        ask("archive_article", article_id=key)
    revived = ask("restore_version", article_id=key, number=1)
    assert (revived["state"], revived["draft"]["number"]) == ("draft", 2)
    desk.ask("submit_article", actor=desk.author, article_id=key)
    approved = ask("approve_article", actor=actor("supervisor"), article_id=key)
    assert approved["state"] == "published"
    assert "旧型号说明书" in desk.titles("旧型号")


def test_of_two_who_write_at_once_one_is_told_so(ask: Ask, desk: Desk) -> None:
    draft = desk.write()

    def edit(summary: str) -> str:
        try:
            ask(
                "edit_article",
                article_id=draft["article_id"],
                version=draft["version"],
                changes={"summary": summary},
            )
        except Stale as error:
            return f"stale, now {error.details['version']}"
        return "done"

    with ThreadPoolExecutor(8) as pool:
        outcomes = sorted(pool.map(edit, [f"第{n}版" for n in range(8)]))
    assert outcomes == ["done", *["stale, now 2"] * 7]


def test_a_command_that_comes_again_is_answered_and_not_done_again(ask: Ask, desk: Desk) -> None:
    values = {"title": "只写一次"}
    first = ask("create_article", command_id="again-1", values=values)
    assert ask("create_article", command_id="again-1", values=values) == first


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"title": " "}, "title"),
        ({"title": "长" * 201}, "title"),
        ({"kind": "poem"}, "kind"),
        ({"language": "fr"}, "language"),
        ({"audience": "all"}, "audience"),
        ({"kind": "faq", "steps": ["第一步"]}, "steps"),
        ({"tags": ["好"] * 21}, "tags"),
        ({"tags": [1]}, "tags[0]"),
        ({"videos": [{"url": "http://a.example/v", "title": "视频"}]}, "videos[0].url"),
        ({"videos": [{"url": "javascript:alert(1)", "title": "视频"}]}, "videos[0].url"),
        ({"category_id": "0192f0c1-0000-7000-8000-000000000009"}, "category_id"),
        ({"slug": "Not A Slug"}, "slug"),
        ({"valid_until": "tomorrow"}, "valid_until"),
        ({"colour": "red"}, "colour"),
        ({"body_html": "\x00"}, "body_html"),
    ],
)
def test_what_cannot_be_is_refused_by_its_name(
    desk: Desk, wrong: dict[str, Any], path: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        desk.write(**wrong)
    assert path in refusal.value.details["errors"]


def test_two_articles_do_not_share_a_slug(desk: Desk) -> None:
    desk.write(slug="refund-policy")
    with pytest.raises(Conflict) as refusal:
        desk.write(slug="refund-policy")
    assert refusal.value.code == "article.slug_taken"


def test_an_empty_version_is_not_reviewed(ask: Ask, desk: Desk) -> None:
    key = desk.write(body_html="<script>alert(1)</script>")["article_id"]
    with pytest.raises(DeskError) as refusal:
        ask("submit_article", article_id=key)
    assert refusal.value.code == "article.empty"


@pytest.mark.parametrize("method", ["approve_article", "withdraw_article", "archive_article"])
def test_an_agent_only_writes(ask: Ask, desk: Desk, method: str) -> None:
    key = desk.write()["article_id"]
    with pytest.raises(Forbidden):
        ask(method, actor=desk.author, article_id=key)
