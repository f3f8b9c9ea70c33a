"""What is searched in: a row for what is read (or rests), and one for what is being written."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from libs.common.text import Segmenter, fold, vector_of
from services.kb.domain.article import Article, Version
from services.kb.domain.ranking import boost_of

_NAMES = (
    *("article_id", "is_working", "version_id", "number", "state", "kind", "language"),
    *("audience", "category_id", "tags", "title", "summary", "folded_title", "title_words"),
    *("words", "edition", "boost", "updated_at"),
)
_KEPT = ("article_id", "is_working", "boost")
_PUT = text(
    f"INSERT INTO search_rows ({', '.join(_NAMES)}) VALUES ("
    + ", ".join(
        f"CAST(:{name} AS tsvector)" if name.endswith("words") else f":{name}" for name in _NAMES
    )
    + ") ON CONFLICT (article_id, is_working) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _NAMES if name not in _KEPT)
)
_DROP = text("DELETE FROM search_rows WHERE article_id = :id AND NOT is_working = ANY(:kept)")
# Not <>, which no index serves. The article is locked, as whoever writes it does first.
_STALE = text(
    "SELECT article_id FROM articles WHERE article_id IN (SELECT article_id FROM search_rows "
    "WHERE edition < :edition OR edition > :edition ORDER BY article_id LIMIT :most) "
    "ORDER BY article_id FOR UPDATE SKIP LOCKED"
)


def put_rows(session: Session, article: Article, segmenter: Segmenter) -> None:
    """Bring the article's rows up to its state."""
    wanted = list(_places(article))
    session.execute(
        _DROP, {"id": article.article_id, "kept": [is_working for is_working, _, _ in wanted]}
    )
    session.execute(_PUT, [row_of(article, *place, segmenter) for place in wanted])


def find_stale(session: Session, edition: str, most: int) -> Sequence[UUID]:
    """Lock articles that were cut by another dictionary or by other rules."""
    return session.scalars(_STALE, {"edition": edition, "most": most}).all()


def row_of(
    article: Article, is_working: bool, state: str, version: Version, segmenter: Segmenter
) -> dict[str, Any]:
    """The title weighs most, then tags and summary, then the rest."""
    content = version.content
    title = segmenter.tokens(content.title)
    tags = segmenter.tokens("\n".join((*content.tags, content.summary)))
    return {
        "article_id": article.article_id,
        "is_working": is_working,
        "version_id": version.version_id,
        "number": version.number,
        "state": state,
        **{
            name: getattr(content, name)
            for name in ("kind", "language", "audience", "category_id", "title", "summary")
        },
        "tags": list(content.tags),
        "folded_title": fold(content.title),
        "title_words": vector_of([("A", title)]),
        "words": vector_of(
            [("A", title), ("B", tags), ("C", segmenter.tokens(content.full_text()))]
        ),
        "edition": segmenter.edition,
        "boost": _first_boost(version.updated_at),
        "updated_at": version.published_at or version.updated_at,
    }


def _places(article: Article) -> Iterable[tuple[bool, str, Version]]:
    is_written = article.state in ("draft", "review")
    if not is_written:
        yield False, article.state, article.shown()
    if article.draft is not None and (is_written or article.state == "published"):
        yield True, article.draft.state, article.draft


def _first_boost(changed_at: datetime) -> float:
    return boost_of(uses=0, views=0, helpful=0, unhelpful=0, changed_at=changed_at, now=changed_at)
