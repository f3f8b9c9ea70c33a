"""One article: as it is read, as it was, and what has changed between."""

from typing import Any
from uuid import UUID

from sqlalchemy import text

from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import NotFound
from services.kb.domain.article import Article, Version
from services.kb.domain.diffing import compare
from services.kb.queries.narrowing import may_see_drafts
from services.kb.queries.shapes import (
    Json,
    author_names,
    head_of,
    show_article,
    show_instant,
    show_version,
)
from services.kb.storage.articles import VERSION_COLUMNS, find_article, find_version, version_of
from services.kb.storage.settings_row import read_language

_MOST = 200
_VERSIONS = text(
    f"SELECT {VERSION_COLUMNS} FROM versions WHERE article_id = :id "
    "ORDER BY number DESC LIMIT :most"
)
_REVIEWS = text(
    "SELECT number, verdict, comment, person_id, person_name, created_at FROM reviews "
    "WHERE article_id = :id ORDER BY created_at DESC, review_id DESC LIMIT :most"
)
_BY_SLUG = text("SELECT article_id FROM articles WHERE slug = :slug")


def get_article(uow: UnitOfWork, actor: Actor, article_id: UUID) -> Json:
    """For readers only what is published. Raises NotFound for the rest."""
    article = find_article(uow.session, article_id)
    with_draft = may_see_drafts(actor)
    if article is None or (article.state != "published" and not with_draft):
        raise NotFound("article.unknown", "there is no such article")
    return show_article(uow.session, article, with_draft=with_draft)


def find_public(uow: UnitOfWork, name: str) -> Article:
    """By id or slug, if it is for everybody. Raises NotFound."""
    article_id = _id_of(name) or uow.session.scalar(_BY_SLUG, {"slug": name})
    article = find_article(uow.session, article_id) if article_id else None
    if article is None or not article.is_read(by_everybody=True):
        raise NotFound("article.unknown", "there is no such article")
    return article


def list_versions(uow: UnitOfWork, article_id: UUID) -> Json:
    """All but their words, the newest first, and what reviewers said."""
    _demand(uow, article_id)
    wanted = {"id": article_id, "most": _MOST}
    versions = [version_of(row) for row in uow.session.execute(_VERSIONS, wanted).mappings()]
    names = author_names(uow.session, versions)
    reviews = uow.session.execute(_REVIEWS, wanted).mappings()
    return {
        "items": [{**head_of(one, names), "title": one.content.title} for one in versions],
        "reviews": [_show_review(row) for row in reviews],
    }


def get_version(uow: UnitOfWork, article_id: UUID, number: int) -> Json:
    """One with its words."""
    version = _version(uow, article_id, number)
    return show_version(version, author_names(uow.session, [version]))


def compare_versions(uow: UnitOfWork, article_id: UUID, old: int, new: int) -> Json:
    """What has changed from one to the other, word by word."""
    before, after = _version(uow, article_id, old), _version(uow, article_id, new)
    segmenter = read_language(uow.session).segmenter
    found = compare(before.content, after.content, segmenter)
    return {
        "from": old,
        "to": new,
        "fields": [
            {
                "field": name,
                "is_changed": any(one.op != "equal" for one in segments),
                "segments": [{"op": one.op, "text": one.text} for one in segments],
            }
            for name, segments in found.items()
        ],
    }


def _demand(uow: UnitOfWork, article_id: UUID) -> None:
    if find_article(uow.session, article_id) is None:
        raise NotFound("article.unknown", "there is no such article")


def _version(uow: UnitOfWork, article_id: UUID, number: int) -> Version:
    found = find_version(uow.session, article_id, number)
    if found is None:
        raise NotFound("version.unknown", "the article has no such version")
    return found


def _show_review(row: Any) -> Json:
    return {
        "number": row["number"],
        "verdict": row["verdict"],
        "comment": row["comment"],
        "person": {
            "id": str(row["person_id"]) if row["person_id"] else None,
            "name": row["person_name"],
        },
        "created_at": show_instant(row["created_at"]),
    }


def _id_of(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None
