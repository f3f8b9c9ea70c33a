"""The words of tickets: cut from what they say, kept where search looks for them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from libs.common.text import Segmenter, Token, fold, vector_of

# Of a long text its beginning, of a long timeline its end: nobody looks for the rest.
_LONGEST, _MOST_ENTRIES, _MOST_CHARACTERS = 20_000, 300, 200_000
_LONGEST_NAME = 200
_SPACE = 0x5EA2C4  # keeps these locks apart from others on the same ids

Part = tuple[str, list[Token]]

_GUARD = text("SELECT pg_advisory_xact_lock(key) FROM unnest(CAST(:keys AS bigint[])) AS key")
_TICKETS = text(
    "SELECT ticket_id, number, subject, customer_name, tags, fields, solution, is_confidential "
    "FROM tickets WHERE ticket_id = ANY(CAST(:ids AS uuid[]))"
)
# Sealed texts are null here, and so stay out.
_ENTRIES = text(
    "SELECT tickets.ticket_id, entry.kind, entry.text FROM tickets CROSS JOIN LATERAL "
    f"(SELECT seq, kind, left(text, {_LONGEST}) AS text FROM timeline_entries "
    "WHERE timeline_entries.ticket_id = tickets.ticket_id "
    "AND timeline_entries.created_at >= tickets.created_at "
    "AND kind <> 'event' AND text IS NOT NULL "
    f"ORDER BY seq DESC LIMIT {_MOST_ENTRIES}) AS entry "
    "WHERE tickets.ticket_id = ANY(CAST(:ids AS uuid[])) AND NOT tickets.is_confidential"
)
_PUT = text(
    "INSERT INTO ticket_search (ticket_id, words) "
    "SELECT ticket_id, CAST(words AS tsvector) "
    "FROM json_to_recordset(CAST(:rows AS json)) AS new (ticket_id uuid, words text) "
    "ON CONFLICT (ticket_id) DO UPDATE SET words = excluded.words "
    "WHERE ticket_search.words <> excluded.words"
)
_DROP = text("DELETE FROM ticket_search WHERE ticket_id = ANY(CAST(:ids AS uuid[]))")


def guard_cutting(session: Session, ticket_ids: Iterable[UUID]) -> None:
    """Wait for whoever is cutting one of these: what was read earlier must not be kept later."""
    keys = sorted({_key(ticket_id) for ticket_id in ticket_ids})
    session.execute(_GUARD, {"keys": keys})


def put_words(session: Session, ticket_ids: Sequence[UUID], segmenter: Segmenter) -> int:
    """Bring the words of these tickets up to what is committed of them; how many there are.

    A ticket that is no more leaves nothing behind.
    """
    ids = [str(ticket_id) for ticket_id in ticket_ids]
    said: dict[UUID, list[Any]] = {ticket_id: [] for ticket_id in ticket_ids}
    for entry in session.execute(_ENTRIES, {"ids": ids}):
        said[entry.ticket_id].append(entry)
    tickets = session.execute(_TICKETS, {"ids": ids})
    rows = [
        {"ticket_id": one.ticket_id, "words": words_of(one, said[one.ticket_id], segmenter)}
        for one in tickets
    ]
    if rows:
        session.execute(_PUT, {"rows": orjson.dumps(rows).decode()})
    if gone := set(ticket_ids).difference(row["ticket_id"] for row in rows):
        session.execute(_DROP, {"ids": [str(one) for one in gone]})
    return len(rows)


def words_of(ticket: Any, entries: Iterable[Any], segmenter: Segmenter) -> str:
    """Subject and number weigh most, then who and what it is about, then texts, then notes.

    What is confidential is found by number, subject and customer alone.
    """
    parts = [("A", segmenter.tokens(f"{ticket.subject}\n{ticket.number}"))]
    parts += _within("customer", ticket.customer_name, segmenter)
    if not ticket.is_confidential:
        for name, value in _values(ticket.fields):
            parts += _within(f"field.{name}", value, segmenter)
        for tag in ticket.tags:
            parts += [("B", segmenter.tokens(tag)), ("B", [Token(name_of("tag", tag), 1)])]
        parts += _texts(ticket, entries, segmenter)
    return vector_of(parts)


def name_of(field: str, word: str) -> str:
    """The word as one of a field: no word that is cut from a text has this form."""
    return f"@{field}:{fold(word)}"[:_LONGEST_NAME]


def _within(field: str, value: str, segmenter: Segmenter) -> Iterator[Part]:
    """A value's words as they are, and as words of this field."""
    tokens = segmenter.tokens(value[:_LONGEST])
    yield "B", tokens
    yield (
        "B",
        [
            Token(name_of(field, one.word), one.place, tuple(name_of(field, p) for p in one.parts))
            for one in tokens
        ],
    )


def _texts(ticket: Any, entries: Iterable[Any], segmenter: Segmenter) -> Iterator[Part]:
    left = _MOST_CHARACTERS
    if ticket.solution:
        yield "C", segmenter.tokens(ticket.solution[:_LONGEST])
    for entry in entries:
        if left <= 0:
            return
        yield "D" if entry.kind == "note" else "C", segmenter.tokens(entry.text[:left])
        left -= len(entry.text)


def _values(fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in (fields or {}).items():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str | int | float) and not isinstance(one, bool):
                yield name, str(one)


def _key(ticket_id: UUID) -> int:
    key = (ticket_id.int ^ _SPACE) & (2**64 - 1)
    return key - 2**64 if key >= 2**63 else key
