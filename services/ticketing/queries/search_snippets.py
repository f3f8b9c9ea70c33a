"""What of a ticket fits the words best: its subject always, and the piece with most of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from libs.common.text import fold, marked_pieces

Json = dict[str, Any]

_LONGEST = 120  # characters
_MOST_SHOWN = 2
# Of a long timeline the newest, of a long text the beginning.
_TEXTS = text(
    "SELECT tickets.ticket_id, entry.kind, entry.text FROM tickets CROSS JOIN LATERAL "
    "(SELECT seq, kind, left(text, 8000) AS text FROM timeline_entries "
    "WHERE timeline_entries.ticket_id = tickets.ticket_id "
    "AND timeline_entries.created_at >= tickets.created_at "
    "AND kind <> 'event' AND text IS NOT NULL ORDER BY seq DESC LIMIT 50) AS entry "
    "WHERE tickets.ticket_id = ANY(CAST(:ids AS uuid[])) AND NOT tickets.is_confidential"
)


def snippets_of(
    session: Session, rows: Sequence[Any], words: Iterable[str]
) -> dict[UUID, list[Json]]:
    """By ticket: [{field, segments: [{text, is_hit}]}]; texts of confidential ones stay unread.

    `rows` are those of the list with `solution`, `tags` and `fields`.
    """
    wanted = sorted({word for word in words if word}, key=len, reverse=True)
    ids = {"ids": [str(row.ticket_id) for row in rows]}
    said: dict[UUID, list[tuple[str, str]]] = {row.ticket_id: [] for row in rows}
    if wanted:
        for entry in session.execute(_TEXTS, ids):
            said[entry.ticket_id].append((entry.kind, entry.text))
        for row in rows:
            said[row.ticket_id] += [] if row.is_confidential else _facts(row)
    return {
        row.ticket_id: [
            _shown("subject", row.subject, wanted, None),
            *_best([("customer", row.customer_name), *said[row.ticket_id]], wanted),
        ]
        for row in rows
    }


def _facts(row: Any) -> Iterator[tuple[str, str]]:
    if row.solution:
        yield "solution", row.solution[:8000]
    if row.tags:
        yield "tags", " · ".join(row.tags)
    for name, value in _fields(row.fields):
        yield f"field.{name}", value


def _fields(fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in (fields or {}).items():
        shown = ", ".join(map(str, value)) if isinstance(value, list) else value
        if isinstance(shown, str | int | float) and not isinstance(shown, bool):
            yield name, str(shown)


def _best(texts: Sequence[tuple[str, str]], words: Sequence[str]) -> list[Json]:
    """Those with most different words; the newest of equals, for it comes first."""
    counted = [(_count(text, words), place) for place, (_, text) in enumerate(texts)]
    best = sorted((one for one in counted if one[0]), key=lambda one: (-one[0], one[1]))
    shown = [_shown(*texts[place], words, _LONGEST) for _, place in best[:_MOST_SHOWN]]
    # A word's beginning may stand in the middle of another: then nothing is marked.
    return [one for one in shown if any(part["is_hit"] for part in one["segments"])]


def _count(text: str, words: Sequence[str]) -> int:
    folded = fold(text)
    return sum(word in folded for word in words)


def _shown(field: str, text: str, words: Sequence[str], longest: int | None) -> Json:
    pieces = marked_pieces(text, words, longest=longest)
    return {
        "field": field,
        "segments": [{"text": piece, "is_hit": is_hit} for piece, is_hit in pieces],
    }
