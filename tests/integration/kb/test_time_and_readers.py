"""What time and readers do to articles: expiry, views, judgements, figures."""

from datetime import UTC, datetime, timedelta

import pytest

from libs.common.database.unit_of_work import Database
from libs.common.errors import Conflict, Forbidden, InvalidInput, NotFound, TooMany
from services.kb.use_cases.count_readers import forget_old
from tests.integration.kb.desk import VISITOR, Desk
from tests.support.actors import actor
from tests.support.asking import Ask


def later(**given: float) -> str:
    return (datetime.now(UTC) + timedelta(**given)).isoformat()


def test_an_article_ends_when_its_time_is_over(ask: Ask, desk: Desk) -> None:
    key = desk.publish(title="双十一活动规则", valid_until=later(days=30))["article_id"]
    assert "双十一活动规则" in desk.titles("双十一活动")
    past = datetime.now(UTC) - timedelta(seconds=1)
    desk.do("UPDATE versions SET valid_until = :past WHERE article_id = :id", past=past, id=key)
    desk.do("UPDATE timers SET try_at = :past WHERE key = :id", past=past, id=key)
    desk.run_jobs()
    assert ask("get_article", article_id=key)["state"] == "expired"
    assert "双十一活动规则" not in desk.titles("双十一活动")
    assert "双十一活动规则" in desk.titles("双十一活动", state="expired")
    told = desk.told(key)[-1]
    assert (told["type"], told["cause"], told["actor"]["kind"]) == (
        "article.withdrawn", "expired", "system"
    )  # fmt: skip
    desk.run_jobs()
    assert desk.types(key).count("article.withdrawn") == 1


def test_a_word_comes_a_week_before_and_only_once(ask: Ask, desk: Desk) -> None:
    key = desk.publish(title="年货节说明", valid_until=later(days=3))["article_id"]
    desk.run_jobs()
    assert desk.types(key)[-1] == "article.expiring"
    ask("edit_article", actor=desk.author, article_id=key, changes={"summary": "改一改"})
    desk.run_jobs()
    assert desk.types(key).count("article.expiring") == 1
    assert ask("get_article", article_id=key)["state"] == "published"


def test_whoever_prolongs_an_article_keeps_it(ask: Ask, desk: Desk) -> None:
    key = desk.publish(valid_until=later(days=40))["article_id"]
    until = later(days=400)
    ask("edit_article", actor=desk.author, article_id=key, changes={"valid_until": until})
    desk.approve(key)
    timers = desk.rows("SELECT kind, due_at FROM timers WHERE key = :id ORDER BY kind", id=key)
    assert [row["kind"] for row in timers] == ["expiry", "expiry_notice"]
    assert timers[0]["due_at"] > datetime.now(UTC) + timedelta(days=399)


def test_what_is_over_already_is_not_published(ask: Ask, desk: Desk) -> None:
    key = desk.write(valid_until=later(seconds=-5))["article_id"]
    ask("submit_article", actor=desk.author, article_id=key)
    with pytest.raises(Conflict) as refusal:
        ask("approve_article", article_id=key)
    assert refusal.value.code == "article.past_validity"


def test_an_archived_article_has_no_timers(ask: Ask, desk: Desk) -> None:
    key = desk.publish(valid_until=later(days=40))["article_id"]
    ask("archive_article", article_id=key)
    assert desk.rows("SELECT 1 FROM timers WHERE key = :id", id=key) == []


def test_views_are_counted_by_who_reads(ask: Ask, desk: Desk) -> None:
    key = desk.publish(audience="public", slug="counted")["article_id"]
    for _ in range(3):
        ask("get_help_article", actor=VISITOR, name="counted")
    ask("get_article", article_id=key)
    ask("get_article", article_id=key, is_read=False)
    desk.run_jobs()
    row = desk.rows("SELECT * FROM days WHERE article_id = :id", id=key)[0]
    assert (row["customer_views"], row["staff_views"]) == (3, 1)


def test_what_is_read_and_helps_comes_sooner(ask: Ask, desk: Desk) -> None:
    desk.publish(title="蓝牙耳机配对", body_html="<p>长按电源键</p>")
    read = desk.publish(title="蓝牙耳机配对", body_html="<p>长按电源键</p>")["article_id"]
    for _ in range(30):
        ask("get_article", article_id=read)
    desk.run_jobs()
    assert desk.search("蓝牙耳机配对")[0]["article_id"] == read


def judge(ask: Ask, key: str, is_helpful: bool, visitor: str, source: str = "here") -> None:
    given = {"is_helpful": is_helpful, "visitor": visitor, "source": source}
    ask("judge_help_article", actor=VISITOR, article_id=key, **given)


def test_a_visitor_has_one_opinion_and_may_change_it(ask: Ask, desk: Desk) -> None:
    key = desk.publish(audience="public")["article_id"]
    for opinion in (True, True, False):
        judge(ask, key, opinion, "visitor-1")
    row = desk.rows("SELECT helpful, unhelpful FROM days WHERE article_id = :id", id=key)[0]
    assert row == {"helpful": 0, "unhelpful": 1}
    told = [one for one in desk.told(key) if one["type"] == "article.judged"]
    assert [(one["is_helpful"], one["reader"]) for one in told] == [(True, "customer")]


def test_one_address_does_not_vote_for_a_crowd(ask: Ask, desk: Desk) -> None:
    key = desk.publish(audience="public")["article_id"]
    for n in range(5):
        judge(ask, key, True, f"visitor-{n}", "crowd")
    with pytest.raises(TooMany):
        judge(ask, key, True, "visitor-5", "crowd")
    judge(ask, key, True, "visitor-6", "elsewhere")


def test_where_judgements_came_from_is_forgotten_after_a_day(
    database: Database, ask: Ask, desk: Desk
) -> None:
    key = desk.publish(audience="public")["article_id"]
    judge(ask, key, True, "visitor", "address")
    forget_old(database)
    assert desk.rows("SELECT source_key FROM judgements WHERE article_id = :id", id=key) == [
        {"source_key": "address"}
    ]
    past = datetime.now(UTC) - timedelta(days=2)
    desk.do("UPDATE judgements SET judged_at = :past WHERE article_id = :id", past=past, id=key)
    desk.do("INSERT INTO missed_searches VALUES ('2020-01-01', 'staff', '旧', 1)")
    forget_old(database)
    assert desk.rows("SELECT source_key FROM judgements WHERE article_id = :id", id=key) == [
        {"source_key": None}
    ]
    assert desk.rows("SELECT 1 FROM missed_searches WHERE phrase = '旧'") == []


def test_visitors_neither_see_nor_judge_what_is_not_public(ask: Ask, desk: Desk) -> None:
    staff = desk.publish(audience="staff", slug="for-staff")["article_id"]
    draft = desk.write(audience="public", slug="unfinished")["article_id"]
    for name in (staff, draft, "for-staff", "unfinished", "nothing"):
        with pytest.raises(NotFound):
            ask("get_help_article", actor=VISITOR, name=name)
    with pytest.raises(NotFound):
        judge(ask, staff, True, "visitor")
    with pytest.raises(Forbidden):
        ask("list_articles", actor=VISITOR)
    with pytest.raises(Forbidden):
        ask("get_help_article", actor=actor("customer"), name="counted")


def test_staff_judge_once_each(ask: Ask, desk: Desk) -> None:
    key = desk.publish()["article_id"]
    ask("judge_article", article_id=key, is_helpful=True)
    ask("judge_article", article_id=key, is_helpful=True)
    ask("judge_article", actor=desk.author, article_id=key, is_helpful=False)
    told = [one for one in desk.told(key) if one["type"] == "article.judged"]
    assert [(one["is_helpful"], one["reader"]) for one in told] == [
        (True, "staff"),
        (False, "staff"),
    ]


def test_the_figures_say_what_helps_and_what_is_missing(ask: Ask, desk: Desk) -> None:
    desk.search("量子计算机租赁")
    today = datetime.now(UTC).date()
    period = {
        "first": (today - timedelta(days=1)).isoformat(),
        "last": (today + timedelta(days=1)).isoformat(),
    }
    figures = ask("get_figures", **period)
    assert figures["totals"]["staff_views"] >= 31
    assert "量子计算机租赁" in {one["phrase"] for one in figures["missed"]}
    assert figures["top"]
    assert (
        sum(one["customer_views"] for one in figures["days"])
        == (figures["totals"]["customer_views"])
    )
    with pytest.raises(InvalidInput):
        ask("get_figures", first="2026-01-01", last="2020-01-01")
    with pytest.raises(Forbidden):
        ask("get_figures", actor=desk.author, **period)
