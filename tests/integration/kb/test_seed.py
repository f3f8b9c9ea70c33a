"""The demo's articles: made once, found at once."""

from libs.common.database.unit_of_work import Database
from services.kb.seed import seed
from tests.integration.kb.desk import VISITOR, Desk
from tests.support.asking import Ask


def test_the_demo_s_articles_are_made_once(database: Database, ask: Ask, desk: Desk) -> None:
    assert seed(database) == "articles: 25"
    assert seed(database) == "articles: unchanged"
    assert {one["kind"] for one in ask("list_articles", limit=100)["items"]} == {
        "faq", "solution", "document", "training"
    }  # fmt: skip
    told = desk.rows("SELECT count(*) AS n FROM outbox WHERE type = 'article.published'")
    assert told == [{"n": 25}]


def test_everybody_finds_what_is_for_everybody(ask: Ask) -> None:
    found = ask("list_help_articles", actor=VISITOR, q="退款多久能到账")["items"]
    assert found[0]["title"] == "退款多久到账"
    one = ask("get_help_article", actor=VISITOR, name="how-to-refund")
    assert one["title"] == "如何申请退款"
    assert "version" in one
    assert "author" not in one
    names = {row["name_zh"] for row in ask("list_help_categories", actor=VISITOR)["items"]}
    assert "退款退货" in names
    assert "售后服务" in names
    assert "内部培训" not in names
