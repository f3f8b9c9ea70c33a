"""Opens an article for a change, and closes it with everything that follows from it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from libs.common.contracts import kb as contracts
from libs.common.contracts.envelope import EventSchema
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import NotFound, Stale, field_error
from libs.common.timers import cancel_timer, schedule_timer
from services.kb.domain.article import Act, Article, Told
from services.kb.domain.content import Content
from services.kb.storage.articles import find_article, keep_article
from services.kb.storage.categories import all_categories
from services.kb.storage.search_rows import put_rows
from services.kb.storage.settings_row import read_language, read_settings

# Kinds of timers.
EXPIRY, NOTICE = "expiry", "expiry_notice"

_SCHEMAS: Mapping[str, type[EventSchema]] = {
    schema.type: schema
    for schema in (
        contracts.ArticleReviewRequested,
        contracts.ArticleReviewDeclined,
        contracts.ArticlePublished,
        contracts.ArticleWithdrawn,
        contracts.ArticleExpiring,
    )
}


def open_article(uow: UnitOfWork, article_id: UUID, version: int | None) -> Article:
    """Locked until the transaction ends. Raises NotFound, or Stale with the present version."""
    article = find_article(uow.session, article_id, is_locked=True)
    if article is None:
        raise NotFound("article.unknown", "there is no such article")
    check_version(article.version, version)
    return article


def check_version(present: int, given: int | None) -> None:
    """Raises Stale with the present version in its details; None: whichever it is."""
    if given is not None and present != given:
        raise Stale("version.stale", "somebody changed it meanwhile", {"version": present})


def check_places(uow: UnitOfWork, content: Content) -> None:
    """Raises InvalidInput for a category that is not there."""
    known = {row["category_id"] for row in all_categories(uow.session)}
    if content.category_id is not None and content.category_id not in known:
        raise field_error("category_id", "there is no such category")


def close_article(uow: UnitOfWork, article: Article, act: Act) -> None:
    """Keep it, make it found, set its timers, tell what happened."""
    keep_article(uow.session, article, act)
    put_rows(uow.session, article, read_language(uow.session).segmenter)
    _set_timers(uow, article)
    tell(uow, article, act)


def tell(uow: UnitOfWork, article: Article, act: Act) -> None:
    """Emit what has happened to it."""
    for told in article.told:
        subject, data = str(article.article_id), header_of(article, told, act)
        uow.emit(_SCHEMAS[told.type], subject=subject, data=data, time=act.now)


def header_of(article: Article, told: Told, act: Act) -> dict[str, Any]:
    """What an event says: the article as it is after it, and the version that it is about."""
    version = told.version or article.shown()
    content = version.content
    return {
        "article_id": article.article_id,
        "revision": article.version,
        **{
            name: getattr(content, name)
            for name in ("kind", "language", "audience", "title", "category_id")
        },
        "state": article.state,
        "tags": list(content.tags),
        "version_id": version.version_id,
        "number": version.number,
        "occurred_at": act.now,
        "actor": act.actor.as_fact(),
        **told.details,
    }


def _set_timers(uow: UnitOfWork, article: Article) -> None:
    """Only where readers got or lost something: who writes on changes no date."""
    if not {"article.published", "article.withdrawn"} & {told.type for told in article.told}:
        return
    key = str(article.article_id)
    until = article.shown().content.valid_until if article.state == "published" else None
    if until is None:
        cancel_timer(uow.session, EXPIRY, key)
        cancel_timer(uow.session, NOTICE, key)
        return
    days = read_settings(uow.session)["notice_days"]
    schedule_timer(uow.session, EXPIRY, key, until)
    schedule_timer(uow.session, NOTICE, key, until - timedelta(days=days))
