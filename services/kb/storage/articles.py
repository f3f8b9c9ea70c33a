"""Articles with the versions that matter to their state, read and written as a whole."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import RowMapping, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from libs.common.errors import Conflict
from libs.common.ids import uuid7
from services.kb.domain.article import Act, Article, Version
from services.kb.domain.content import Content, Video

_CONTENT = (
    *("title", "kind", "language", "audience", "summary", "body_html", "body_text"),
    *("steps", "cautions", "videos", "category_id", "tags", "slug", "valid_until"),
)
_LISTS = ("steps", "cautions", "videos")
_VERSION = (
    *("version_id", "number", "state", "author_id", "author_name", "editors", "comment"),
    *("created_at", "updated_at", "published_at", *_CONTENT),
)
_ARTICLE = (
    *("article_id", "state", "version", "created_by", "created_at", "updated_at"),
    "published_at",
)
VERSION_COLUMNS = ", ".join(_VERSION)

_FIND = (
    f"SELECT {', '.join(_ARTICLE)}, published_id, draft_id, "
    "(SELECT max(number) FROM versions WHERE versions.article_id = articles.article_id) "
    "AS last_number FROM articles WHERE article_id = :id"
)
_READ, _LOCK = text(_FIND), text(f"{_FIND} FOR UPDATE OF articles")
_VERSIONS = text(f"SELECT {VERSION_COLUMNS} FROM versions WHERE version_id = ANY(:ids)")
_PUBLISHED = text(
    f"SELECT versions.article_id, {', '.join(f'versions.{name}' for name in _VERSION)} "
    "FROM articles JOIN versions ON version_id = published_id "
    "WHERE articles.article_id = ANY(:ids)"
)
_NUMBERED = text(
    f"SELECT {VERSION_COLUMNS} FROM versions WHERE article_id = :id AND number = :number"
)
_PUT = text(
    f"INSERT INTO articles ({', '.join(_ARTICLE)}, published_id, draft_id, slug, valid_until) "
    f"VALUES ({', '.join(f':{name}' for name in _ARTICLE)}, "
    ":published_id, :draft_id, :slug, :valid_until) "
    "ON CONFLICT (article_id) DO UPDATE SET state = excluded.state, version = excluded.version, "
    "updated_at = excluded.updated_at, published_at = excluded.published_at, "
    "published_id = excluded.published_id, draft_id = excluded.draft_id, slug = excluded.slug, "
    "valid_until = excluded.valid_until"
)
_CHANGING = [name for name in _VERSION if name not in ("version_id", "number", "created_at")]
_PUT_VERSION = text(
    f"INSERT INTO versions (article_id, {VERSION_COLUMNS}) VALUES (:article_id, "
    + ", ".join(f"CAST(:{name} AS jsonb)" if name in _LISTS else f":{name}" for name in _VERSION)
    + ") ON CONFLICT (version_id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _CHANGING)
)
_DROP_OTHERS = text(
    "DELETE FROM versions WHERE article_id = :id AND state IN ('draft', 'review') "
    "AND version_id IS DISTINCT FROM :draft_id"
)
_SUPERSEDE = text(
    "UPDATE versions SET state = 'superseded' WHERE article_id = :id AND state = 'published' "
    "AND version_id IS DISTINCT FROM :published_id"
)
_REVIEWED = text(
    "INSERT INTO reviews (review_id, article_id, version_id, number, verdict, comment, "
    "person_id, person_name, created_at) VALUES (:review_id, :article_id, :version_id, :number, "
    ":verdict, :comment, :person_id, :person_name, :created_at)"
)


def find_article(session: Session, article_id: UUID, *, is_locked: bool = False) -> Article | None:
    """With the version that is read and the one that is written."""
    row = session.execute(_LOCK if is_locked else _READ, {"id": article_id}).mappings().first()
    if row is None:
        return None
    ids = [one for one in (row["published_id"], row["draft_id"]) if one]
    versions = {one.version_id: one for one in _versions(session, ids)}
    return Article(
        **{name: row[name] for name in _ARTICLE},
        published=versions.get(row["published_id"]),
        draft=versions.get(row["draft_id"]),
        last_number=row["last_number"],
    )


def find_version(session: Session, article_id: UUID, number: int) -> Version | None:
    """Any that the article has had."""
    wanted = {"id": article_id, "number": number}
    row = session.execute(_NUMBERED, wanted).mappings().one_or_none()
    return None if row is None else version_of(row)


def published_versions(session: Session, ids: Sequence[UUID]) -> dict[UUID, Version]:
    """What is read, by article."""
    rows = session.execute(_PUBLISHED, {"ids": list(ids)}).mappings() if ids else ()
    return {row["article_id"]: version_of(row) for row in rows}


def keep_article(session: Session, article: Article, act: Act) -> None:
    """Write it with its versions and what was decided. Raises Conflict for a slug that is taken."""
    shown, published, draft = article.shown(), article.published, article.draft
    ids = {
        "id": article.article_id,
        "published_id": published.version_id if published else None,
        "draft_id": draft.version_id if draft else None,
    }
    wanted = {
        **{name: getattr(article, name) for name in _ARTICLE},
        **ids,
        "slug": shown.content.slug if article.state != "archived" else None,
        "valid_until": shown.content.valid_until if article.state == "published" else None,
    }
    try:
        with session.begin_nested():
            session.execute(_PUT, wanted)
    except IntegrityError as error:
        if "uq_articles_slug" not in str(error.orig):
            raise
        raise Conflict("article.slug_taken", "another article has this slug") from None
    session.execute(_DROP_OTHERS, ids)
    session.execute(_SUPERSEDE, ids)
    for version in (published, draft):
        if version is not None:
            session.execute(_PUT_VERSION, _row_of(article.article_id, version))
    for review in article.reviews:
        session.execute(_REVIEWED, _review_row(article.article_id, review, act))


def version_of(row: RowMapping) -> Version:
    """A version as the domain has it."""
    names = [name for name in _VERSION if name not in (*_CONTENT, "editors")]
    return Version(
        **{name: row[name] for name in names},
        editors=tuple(row["editors"]),
        content=_content_of(row),
    )


def _content_of(row: RowMapping) -> Content:
    values: dict[str, Any] = {name: row[name] for name in _CONTENT}
    values["videos"] = [Video(**one) for one in row["videos"]]
    lists = {name: tuple(values[name]) for name in (*_LISTS, "tags")}
    return Content(**{**values, **lists})


def _versions(session: Session, ids: Sequence[UUID]) -> list[Version]:
    rows = session.execute(_VERSIONS, {"ids": list(ids)}).mappings() if ids else ()
    return [version_of(row) for row in rows]


def _row_of(article_id: UUID, version: Version) -> dict[str, Any]:
    content = {name: getattr(version.content, name) for name in _CONTENT}
    content["videos"] = [asdict(one) for one in version.content.videos]
    packed = {name: orjson.dumps(list(content[name])).decode() for name in _LISTS}
    own = {name: getattr(version, name) for name in _VERSION if name not in _CONTENT}
    lists = {"tags": list(version.content.tags), "editors": list(version.editors)}
    return {"article_id": article_id, **own, **content, **packed, **lists}


def _review_row(article_id: UUID, review: Any, act: Act) -> dict[str, Any]:
    return {
        "review_id": uuid7(),
        "article_id": article_id,
        "version_id": review.version.version_id,
        "number": review.version.number,
        "verdict": review.verdict,
        "comment": review.comment,
        "person_id": act.actor.subject,
        "person_name": act.actor.name,
        "created_at": act.now,
    }
