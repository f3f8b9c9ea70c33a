"""Articles and versions in the shapes of REST."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.orm import Session

from libs.common.directory.finders import names_of
from libs.common.directory.tables import PEOPLE
from services.kb.domain.article import Article, Version
from services.kb.domain.content import Content

Json = dict[str, Any]


def show_content(content: Content) -> Json:
    """What an author has written; can be sent back as it is."""
    return {
        **{
            name: getattr(content, name)
            for name in ("title", "kind", "language", "audience", "summary", "body_html", "slug")
        },
        "steps": list(content.steps),
        "cautions": list(content.cautions),
        "videos": [{"url": one.url, "title": one.title} for one in content.videos],
        "category_id": _id(content.category_id),
        "tags": list(content.tags),
        "valid_until": show_instant(content.valid_until),
    }


def show_version(version: Version, names: dict[UUID, str]) -> Json:
    """A version with its words."""
    return {**head_of(version, names), **show_content(version.content)}


def head_of(version: Version, names: dict[UUID, str]) -> Json:
    """Who has written it when, and where it stands."""
    author = names.get(version.author_id, "") if version.author_id else ""
    return {
        "number": version.number,
        "state": version.state,
        "author": {"id": _id(version.author_id), "name": author or version.author_name},
        "editor_ids": [str(one) for one in version.editors],
        "comment": version.comment,
        "created_at": show_instant(version.created_at),
        "updated_at": show_instant(version.updated_at),
        "published_at": show_instant(version.published_at),
    }


def show_article(session: Session, article: Article, *, with_draft: bool) -> Json:
    """What is read of it (or written, if nothing is); for writers also how the draft stands."""
    shown = article.shown()
    names = author_names(session, [one for one in (shown, article.draft) if one])
    draft = article.draft if with_draft else None
    return {
        "article_id": str(article.article_id),
        "state": article.state,
        "version": article.version,
        **show_content(shown.content),
        "number": shown.number,
        "author": head_of(shown, names)["author"],
        "created_at": show_instant(article.created_at),
        "updated_at": show_instant(article.updated_at),
        "published_at": show_instant(article.published_at),
        "draft": show_version(draft, names) if draft else None,
    }


def show_help_article(article: Article) -> Json:
    """What everybody may know of it: nobody's name, nothing of its making."""
    content = article.shown().content
    names = ("title", "kind", "language", "summary", "slug")
    return {
        "article_id": str(article.article_id),
        **{name: getattr(content, name) for name in names},
        "category_id": _id(content.category_id),
        "tags": list(content.tags),
        "body_html": content.answer_html(),
        "videos": [{"url": one.url, "title": one.title} for one in content.videos],
        "version": article.version,
        "published_at": show_instant(article.published_at),
    }


def show_category(row: RowMapping) -> Json:
    return {
        "category_id": str(row["category_id"]),
        "parent_id": _id(row["parent_id"]),
        **{name: row[name] for name in ("name_zh", "name_en", "position", "version")},
    }


def show_settings(row: RowMapping) -> Json:
    names = ("needs_other_reviewer", "notice_days", "words", "synonyms", "version")
    return {name: row[name] for name in names}


def author_names(session: Session, versions: list[Version]) -> dict[UUID, str]:
    """As the organisation calls them today."""
    return names_of(session, PEOPLE, {one.author_id for one in versions if one.author_id})


def show_instant(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant is not None else None


def _id(value: UUID | None) -> str | None:
    return str(value) if value is not None else None
