"""Writing: a new article, changes of its draft, an old version taken up again."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import NotFound
from libs.common.ids import uuid7
from services.kb.domain.article import Act, Article
from services.kb.domain.content import Content, read_content
from services.kb.storage.articles import find_version
from services.kb.use_cases.finding import check_places, close_article, open_article


def create_article(uow: UnitOfWork, act: Act, values: Mapping[str, Any]) -> Article:
    """A draft that nobody reads yet. Raises InvalidInput naming what cannot be."""
    content = read_content(values)
    check_places(uow, content)
    article = Article(uuid7(), act.actor.subject, act.now, act.now)
    article.write(content, act, uuid7())
    close_article(uow, article, act)
    return article


def edit_article(
    uow: UnitOfWork, act: Act, article_id: UUID, version: int | None, changes: Mapping[str, Any]
) -> tuple[Content, Article]:
    """Change the draft, or begin one from what is read; returns what it was before, too."""
    article = open_article(uow, article_id, version)
    before = (article.draft or article.shown()).content
    content = read_content(changes, before)
    check_places(uow, content)
    article.write(content, act, uuid7())
    close_article(uow, article, act)
    return before, article


def restore_version(
    uow: UnitOfWork, act: Act, article_id: UUID, version: int | None, number: int
) -> Article:
    """Begin a draft (or replace the present one's words) with those of an earlier version."""
    article = open_article(uow, article_id, version)
    found = find_version(uow.session, article_id, number)
    if found is None:
        raise NotFound("version.unknown", "the article has no such version")
    check_places(uow, found.content)
    article.write(found.content, act, uuid7())
    close_article(uow, article, act)
    return article


def discard_draft(uow: UnitOfWork, act: Act, article_id: UUID, version: int | None) -> Article:
    """Give up what is being written."""
    article = open_article(uow, article_id, version)
    article.discard_draft(act)
    close_article(uow, article, act)
    return article
