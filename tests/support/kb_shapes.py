"""Answers of kb in the shapes of the contract, for tests of the gateway alone."""

from typing import Any
from uuid import uuid4

ARTICLE, CATEGORY = str(uuid4()), str(uuid4())
NOW = "2026-10-01T02:00:00Z"

WORDS: dict[str, Any] = {
    "title": "如何申请退款",
    "kind": "solution",
    "language": "zh",
    "audience": "public",
    "summary": "在订单里申请",
    "body_html": "<p>打开订单</p>",
    "slug": "how-to-refund",
    "steps": ["打开订单", "点击退款"],
    "cautions": ["保留凭证"],
    "videos": [{"url": "https://video.example.com/1", "title": "演示"}],
    "category_id": CATEGORY,
    "tags": ["退款"],
    "valid_until": None,
}
_AUTHOR = {"id": None, "name": "李雷"}


def head(**changes: Any) -> dict[str, Any]:
    return {
        "number": 2,
        "state": "draft",
        "author": _AUTHOR,
        "editor_ids": [],
        "comment": None,
        "created_at": NOW,
        "updated_at": NOW,
        "published_at": None,
        **changes,
    }


def version(**changes: Any) -> dict[str, Any]:
    return {**head(), **WORDS, **changes}


def article(**changes: Any) -> dict[str, Any]:
    return {
        **WORDS,
        "article_id": ARTICLE,
        "state": "published",
        "version": 3,
        "number": 1,
        "author": _AUTHOR,
        "created_at": NOW,
        "updated_at": NOW,
        "published_at": NOW,
        "draft": None,
        **changes,
    }


def found(**changes: Any) -> dict[str, Any]:
    names = ("title", "kind", "language", "summary", "category_id", "tags")
    return {
        "article_id": ARTICLE,
        **{name: WORDS[name] for name in names},
        "title_html": "如何申请<mark>退款</mark>",
        "snippet": "打开订单",
        "updated_at": NOW,
        **changes,
    }


def page(**changes: Any) -> dict[str, Any]:
    row = found(number=1, state="published", audience="public")
    return {"items": [row], "next_cursor": None, **changes}


def help_article() -> dict[str, Any]:
    names = ("title", "kind", "language", "summary", "slug", "category_id", "tags", "videos")
    return {
        "article_id": ARTICLE,
        **{name: WORDS[name] for name in names},
        "body_html": "<p>打开订单</p>",
        "version": 3,
        "published_at": NOW,
    }


def category(**changes: Any) -> dict[str, Any]:
    return {
        "category_id": CATEGORY,
        "parent_id": None,
        "name_zh": "售后",
        "name_en": "After-sales",
        "position": 1,
        "articles": 4,
        **changes,
    }


def suggestion(**changes: Any) -> dict[str, Any]:
    return {
        "article_id": ARTICLE,
        "title": "如何申请退款",
        "kind": "faq",
        "language": "zh",
        "audience": "public",
        "title_html": "如何申请<mark>退款</mark>",
        "snippet": "打开订单",
        "score": 3.2,
        "rank": 1,
        "answer_html": "<p>打开订单</p>",
        "answer_text": "打开订单",
        **changes,
    }


def used() -> dict[str, Any]:
    names = ("article_id", "title", "audience", "language", "answer_html", "answer_text")
    return {name: suggestion()[name] for name in names}


def settings(**changes: Any) -> dict[str, Any]:
    return {
        "needs_other_reviewer": True,
        "notice_days": 7,
        "words": ["小潮管家"],
        "synonyms": [["退款", "返款"]],
        "version": 3,
        **changes,
    }


def figures() -> dict[str, Any]:
    sums = {"customer_views": 3, "staff_views": 2, "uses": 1, "helpful": 1, "unhelpful": 0}
    return {
        "from": "2026-10-01",
        "until": "2026-10-31",
        "articles": [{"state": "published", "count": 25}],
        "totals": sums,
        "days": [{"day": "2026-10-01", **sums}],
        "top": [{"article_id": ARTICLE, "title": "如何申请退款", "kind": "faq", **sums}],
        "missed": [{"phrase": "花呗退款", "count": 3}],
    }


def diff() -> dict[str, Any]:
    segments = [{"op": "equal", "text": "三个"}, {"op": "insert", "text": "工作日"}]
    fields = [{"field": "title", "is_changed": True, "segments": segments}]
    return {"from": 1, "to": 2, "fields": fields}


def versions() -> dict[str, Any]:
    review = {
        "number": 1,
        "verdict": "requested",
        "comment": None,
        "person": _AUTHOR,
        "created_at": NOW,
    }
    return {"items": [{**head(), "title": "如何申请退款"}], "reviews": [review]}
