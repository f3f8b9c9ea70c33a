"""In how many articles words stand: counted now and then over (at most) the newest articles."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

SAMPLE = 20_000  # articles
# Of so many, what stands in one article alone need not be counted: that is most of all words.
_MANY = 2_000

_COUNTS = text("SELECT lexeme, articles FROM lexemes WHERE lexeme = ANY(:words)")
_TOTAL = text("SELECT articles FROM lexeme_counts")
# Also when nothing was written: texts may have been cut anew.
_TURN = text(
    "SELECT counted_at < :before AND (counted_at < :now - interval '1 day' OR EXISTS "
    "(SELECT 1 FROM articles WHERE updated_at > counted_at)) FROM lexeme_counts "
    "FOR UPDATE SKIP LOCKED"
)
_CLEAR = text("DELETE FROM lexemes")
_COUNT = text(
    "INSERT INTO lexemes (lexeme, articles) SELECT word, ndoc FROM ts_stat("
    "'SELECT words FROM search_rows WHERE state = ''published'' "
    f"ORDER BY updated_at DESC, article_id LIMIT {SAMPLE}') "
    f"WHERE ndoc > (SELECT (articles > {_MANY})::integer FROM lexeme_counts)"
)
_NOTE = text(
    "UPDATE lexeme_counts SET counted_at = :now, articles = "
    f"(SELECT count(*) FROM (SELECT 1 FROM search_rows WHERE state = 'published' LIMIT {SAMPLE}) "
    "AS counted)"
)
# Words that look alike, for a typing error in Latin letters.
_ALIKE = text(
    "SELECT lexeme FROM lexemes WHERE lexeme % :word AND lexeme <> :word "
    "ORDER BY similarity(lexeme, :word) DESC, articles DESC LIMIT 2"
)


def counts_of(session: Session, words: Collection[str]) -> tuple[dict[str, int], int]:
    """Articles by word, and articles in all."""
    total = int(session.scalar(_TOTAL) or 0)
    rows = session.execute(_COUNTS, {"words": list(words)}) if words else ()
    return {row[0]: row[1] for row in rows}, total


def alike(session: Session, word: str) -> list[str]:
    """At most two words that are written nearly so."""
    return list(session.scalars(_ALIKE, {"word": word}))


def count_lexemes(session: Session, now: datetime, before: datetime) -> bool:
    """Count anew unless that was done since `before` or nothing was written; whether it was due."""
    if not session.scalar(_TURN, {"before": before, "now": now}):
        return False
    session.execute(_CLEAR)
    session.execute(_NOTE, {"now": now})
    session.execute(_COUNT)
    return True
