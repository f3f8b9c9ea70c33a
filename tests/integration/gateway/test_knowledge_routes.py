"""Articles, suggestions and the help centre over REST."""

from typing import Any

import pytest
from marshmallow import Schema

from gateway.schemas.article import Article, ArticleDiff, ArticlePage, ArticleVersion, VersionPage
from gateway.schemas.help_centre import HelpArticle, HelpPage
from gateway.schemas.knowledge import (
    ArticleCategory,
    ArticleCategoryPage,
    ArticleTagPage,
    HelpCategoryPage,
    KnowledgeFigures,
    KnowledgeSettings,
)
from gateway.schemas.suggestion import SuggestionPage, UsedSuggestion
from libs.common.errors import NotFound
from tests.support import kb_shapes, shapes
from tests.support.fake_services import FakeServices
from tests.support.gateway import Browser, problem_of
from tests.support.kb_shapes import ARTICLE, CATEGORY, WORDS
from tests.support.routes import IF_MATCH, Reading, check_passed_on

pytestmark = pytest.mark.services("gateway")

ONE, NUMBER = f"/articles/{ARTICLE}", shapes.NUMBER
OF_ONE = {"article_id": ARTICLE}
WORDING = {
    "ticket_id": shapes.TICKET_ID,
    "number": NUMBER,
    "subject": "退款没到账",
    "kind": "inquiry",
    "text": "上周申请的退款还没有到账",
}


@pytest.mark.parametrize(
    "reading",
    [
        (
            "/articles?q=退款&kind=faq&own=true&limit=5",
            "list_articles",
            kb_shapes.page(),
            ArticlePage,
            {"q": "退款", "limit": 5, "filters": {"kind": "faq", "own": True}},
        ),
        (ONE, "get_article", kb_shapes.article(), Article, {**OF_ONE, "is_read": True}),
        (
            f"{ONE}?counts=false",
            "get_article",
            kb_shapes.article(draft=kb_shapes.version()),
            Article,
            {**OF_ONE, "is_read": False},
        ),
        (f"{ONE}/versions", "list_versions", kb_shapes.versions(), VersionPage, OF_ONE),
        (
            f"{ONE}/versions/2",
            "get_version",
            kb_shapes.version(),
            ArticleVersion,
            {**OF_ONE, "number": 2},
        ),
        (
            f"{ONE}/diff?from=1&to=2",
            "compare_versions",
            kb_shapes.diff(),
            ArticleDiff,
            {**OF_ONE, "old": 1, "new": 2},
        ),
        (
            "/article-categories",
            "list_categories",
            {"items": [kb_shapes.category(version=1)]},
            ArticleCategoryPage,
            {},
        ),
        (
            "/article-tags",
            "list_tags",
            {"items": [{"tag": "退款", "articles": 4}]},
            ArticleTagPage,
            {},
        ),
        ("/knowledge-settings", "get_settings", kb_shapes.settings(), KnowledgeSettings, {}),
        (
            "/knowledge-figures?from=2026-10-01&until=2026-10-31",
            "get_figures",
            kb_shapes.figures(),
            KnowledgeFigures,
            {"first": "2026-10-01", "last": "2026-10-31"},
        ),
    ],
)
def test_what_kb_answers_is_passed_on(
    supervisor: Browser, services: FakeServices, reading: Reading
) -> None:
    check_passed_on(supervisor, services, "kb", reading)


def test_an_article_is_made_and_can_be_sent_back_as_it_was_answered(
    agent: Browser, services: FakeServices
) -> None:
    services.answer("kb.create_article", kb_shapes.article(version=1))
    answer = agent.post("/articles", json=WORDS)
    assert (answer.status_code, answer.headers["Location"]) == (201, f"/api/v1{ONE}")
    assert services.calls("kb.create_article")[0].args == {"values": WORDS}
    services.answer("kb.edit_article", kb_shapes.article())
    assert agent.patch(ONE, json=WORDS, headers=IF_MATCH).status_code == 200
    asked = services.calls("kb.edit_article")[0].args
    assert asked == {**OF_ONE, "version": 3, "changes": WORDS}


@pytest.mark.parametrize(
    ("step", "body", "target"),
    [
        ("restore", {"number": 1}, "restore_version"),
        ("submit", {"comment": "请审核"}, "submit_article"),
        ("approve", {"comment": None}, "approve_article"),
        ("decline", {"comment": "缺少截图"}, "decline_article"),
        ("withdraw", None, "withdraw_article"),
        ("archive", None, "archive_article"),
    ],
)
def test_a_step_names_the_version_that_was_read(
    supervisor: Browser, services: FakeServices, step: str, body: Any, target: str
) -> None:
    services.answer(f"kb.{target}", kb_shapes.article(version=4))
    sent = {} if body is None else {"json": body}
    problem_of(supervisor.post(f"{ONE}/{step}", **sent), 428)
    answer = supervisor.post(f"{ONE}/{step}", headers=IF_MATCH, **sent)
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"4"')
    asked = services.calls(f"kb.{target}")[0].args
    assert asked == {**OF_ONE, "version": 3, **(body or {})}


@pytest.mark.parametrize(
    ("path", "target", "key"),
    [
        (ONE, "archive_article", OF_ONE),
        (f"{ONE}/draft", "discard_draft", OF_ONE),
        (f"/article-categories/{CATEGORY}", "remove_category", {"category_id": CATEGORY}),
    ],
)
def test_what_goes_needs_its_version_too(
    supervisor: Browser, services: FakeServices, path: str, target: str, key: dict[str, str]
) -> None:
    services.answer(f"kb.{target}", {})
    problem_of(supervisor.delete(path), 428)
    assert supervisor.delete(path, headers=IF_MATCH).status_code == 204
    assert services.calls(f"kb.{target}")[0].args == {**key, "version": 3}


def test_categories_and_settings_are_kept(supervisor: Browser, services: FakeServices) -> None:
    made = kb_shapes.category(version=3)
    assert ArticleCategory().validate(made) == {}
    for target in ("create_category", "edit_category"):
        services.answer(f"kb.{target}", made)
    names = {"name_zh": "售后", "name_en": "After-sales"}
    assert supervisor.post("/article-categories", json=names).status_code == 201
    path = f"/article-categories/{CATEGORY}"
    assert supervisor.patch(path, json={"name_zh": "售前"}, headers=IF_MATCH).status_code == 200
    services.answer("kb.order_categories", {"items": [made]})
    order = {"parent_id": None, "category_ids": [CATEGORY]}
    assert supervisor.put("/article-categories/order", json=order).status_code == 200
    assert services.calls("kb.order_categories")[0].args == order
    services.answer("kb.edit_settings", kb_shapes.settings())
    changes = {"words": ["小潮管家"], "synonyms": [["退款", "返款"]]}
    answer = supervisor.patch("/knowledge-settings", json=changes, headers=IF_MATCH)
    assert answer.status_code == 200


def test_suggestions_are_asked_for_with_the_ticket_s_words(
    agent: Browser, services: FakeServices
) -> None:
    services.answer("ticketing.get_wording", WORDING)
    answered = {"items": [kb_shapes.suggestion()]}
    services.answer("kb.suggest_articles", answered)
    answer = agent.get(f"/tickets/{NUMBER}/suggestions?language=zh&limit=3")
    assert (answer.status_code, answer.get_json()) == (200, answered)
    assert SuggestionPage().validate(answered) == {}
    asked = services.calls("kb.suggest_articles")[0].args
    names = ("subject", "text", "kind")
    assert asked == {**{name: WORDING[name] for name in names}, "language": "zh", "limit": 3}


def test_using_one_answers_what_goes_into_the_reply(agent: Browser, services: FakeServices) -> None:
    services.answer("ticketing.get_wording", WORDING)
    services.answer("kb.use_suggestion", {**kb_shapes.used(), "audit": {"object": ARTICLE}})
    answer = agent.post(f"/tickets/{NUMBER}/suggestions/{ARTICLE}/use", json={"rank": 2})
    assert (answer.status_code, answer.get_json()) == (200, kb_shapes.used())
    assert UsedSuggestion().validate(kb_shapes.used()) == {}
    asked = services.calls("kb.use_suggestion")[0].args
    assert asked == {**OF_ONE, "ticket_id": shapes.TICKET_ID, "number": NUMBER, "rank": 2}


def test_whoever_may_not_read_the_ticket_gets_no_suggestion(
    agent: Browser, services: FakeServices
) -> None:
    def refuse(_args: Any, _actor: Any) -> Any:
        raise NotFound("ticket.not_found", "there is no such ticket")

    services.answer("ticketing.get_wording", refuse)
    problem_of(agent.get(f"/tickets/{NUMBER}/suggestions"), 404)
    problem_of(agent.post(f"/tickets/{NUMBER}/suggestions/{ARTICLE}/use", json={}), 404)
    assert services.calls("kb.suggest_articles") == services.calls("kb.use_suggestion") == []


def test_an_agent_neither_reviews_nor_manages(agent: Browser) -> None:
    for step in ("approve", "withdraw", "archive"):
        problem_of(agent.post(f"{ONE}/{step}", json={}, headers=IF_MATCH), 403)
    problem_of(agent.patch("/knowledge-settings", json={}, headers=IF_MATCH), 403)


@pytest.mark.parametrize(
    ("path", "target", "answered", "schema", "args"),
    [
        (
            "/help/articles?q=退款&kind=faq&language=zh",
            "list_help_articles",
            {"items": [kb_shapes.found()], "next_cursor": None},
            HelpPage,
            {"q": "退款", "limit": 20, "filters": {"kind": "faq", "language": "zh"}},
        ),
        (
            "/help/articles/how-to-refund",
            "get_help_article",
            kb_shapes.help_article(),
            HelpArticle,
            {"name": "how-to-refund"},
        ),
        (
            "/help/categories",
            "list_help_categories",
            {"items": [kb_shapes.category()]},
            HelpCategoryPage,
            {},
        ),
    ],
)
def test_the_help_centre_needs_no_login_and_may_be_cached(
    browser: Browser,
    services: FakeServices,
    path: str,
    target: str,
    answered: dict[str, Any],
    schema: type[Schema],
    args: dict[str, Any],
) -> None:
    services.answer(f"kb.{target}", answered)
    answer = browser.get(path)
    assert (answer.status_code, answer.get_json()) == (200, answered)
    assert schema().validate(answered) == {}
    asked = services.calls(f"kb.{target}")[0]
    assert asked.args == args
    assert asked.actor.permissions == {"help.read", "help.judge"}
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    again = browser.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_visitor_is_told_apart_and_not_known(browser: Browser, services: FakeServices) -> None:
    services.answer("kb.judge_help_article", None)
    path = f"/help/articles/{ARTICLE}/judgement"
    for visitor in ("page-1", "page-2", "page-1", None):
        body = {"is_helpful": True, "visitor": visitor}
        assert browser.post(path, json=body).status_code == 204
    asked = [one.args for one in services.calls("kb.judge_help_article")]
    visitors = [one["visitor"] for one in asked]
    assert visitors[0] == visitors[2]
    assert len(set(visitors)) == 3
    assert len({one["source"] for one in asked}) == 1
    assert "127.0.0.1" not in str(asked)


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("GET", "/articles?kind=poem", None, "kind"),
        ("GET", "/articles?limit=1000", None, "limit"),
        ("GET", "/help/articles?audience=staff", None, "audience"),
        ("POST", "/articles", {"title": ""}, "title"),
        ("POST", "/articles", {"title": "好", "videos": [{"url": "ftp://x", "title": "x"}]},
         "videos.0.url"),
        ("POST", f"{ONE}/judgement", {}, "is_helpful"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_its_name(
    agent: Browser, method: str, path: str, body: Any, field: str
) -> None:
    options = {} if body is None else {"json": body}
    assert field in problem_of(agent.send(method, path, **options), 422)["errors"]
