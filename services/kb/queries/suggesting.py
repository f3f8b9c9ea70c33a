"""Which articles may help with a ticket: by the words of its subject and of its first text."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.kb.domain.content import Content
from services.kb.queries.matching import match_some, read_text
from services.kb.queries.narrowing import Narrowing
from services.kb.queries.searching import show_found
from services.kb.storage.articles import published_versions
from services.kb.storage.settings_row import read_language

Json = dict[str, Any]

_MOST_TERMS = 10
_MOST_TEXT = 2_000  # characters of what the customer wrote
MOST = 10
# Whoever tells of a problem uses many words that no article needs.
_TELLING = 0.15
_LONGEST_ANSWER = 20_000  # characters; a longer one is a document, to be opened
# By the ticket's kind: what kinds of article help, a little.
_HELPS = {
    "inquiry": {"faq": 0.3, "document": 0.1},
    "complaint": {"training": 0.2, "solution": 0.1},
    "repair": {"solution": 0.4},
    "internal": {"document": 0.2, "solution": 0.2},
}
_SAME_LANGUAGE, _PUBLIC = 0.4, 0.1


def suggest(
    session: Session,
    *,
    subject: str,
    words: str,
    kind: str | None,
    language: str | None,
    limit: int,
) -> list[Json]:
    """Best first, with `rank` from 1 and the answer ready to be sent.

    Those for staff alone are among them: `audience` says so, and their text is for no customer.
    """
    known = read_language(session)
    # What the subject says counts twice.
    wanted = read_text(session, known, f"{subject}\n{subject}\n{words[:_MOST_TEXT]}", _MOST_TERMS)
    narrowing = Narrowing(["state = 'published'"])
    found = match_some(session, wanted, narrowing, _TELLING)[: 3 * MOST]
    shown = show_found(session, found, wanted.words)
    scores = {str(one.article_id): one.score for one in found}
    scored = [(scores[row["article_id"]] + _helps(row, kind, language), row) for row in shown]
    best = sorted(scored, key=lambda one: -one[0])[:limit]
    versions = published_versions(session, [UUID(row["article_id"]) for _, row in best])
    return [
        _suggestion(row, versions[UUID(row["article_id"])].content, score, rank)
        for rank, (score, row) in enumerate(best, 1)
    ]


def _helps(row: Json, kind: str | None, language: str | None) -> float:
    boost = _HELPS.get(kind or "", {}).get(row["kind"], 0.0)
    boost += _SAME_LANGUAGE if language in (None, row["language"]) else 0.0
    return boost + (_PUBLIC if row["audience"] == "public" else 0.0)


def _suggestion(row: Json, content: Content, score: float, rank: int) -> Json:
    names = ("article_id", "title", "kind", "language", "audience", "title_html", "snippet")
    is_short = len(content.body_html) <= _LONGEST_ANSWER
    return {
        **{name: row[name] for name in names},
        "score": round(score, 3),
        "rank": rank,
        "answer_html": content.answer_html() if is_short else None,
        "answer_text": content.answer_text() if is_short else None,
    }
