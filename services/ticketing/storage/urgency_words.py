"""The words of urgency: one row."""

from typing import Any

import orjson
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from services.ticketing.domain.urgency_words import UrgencyWords

_READ = "SELECT words, version FROM urgency_words"
_WRITE = text(
    "UPDATE urgency_words SET words = CAST(:words AS jsonb), version = version + 1 "
    "RETURNING words, version"
)


def read_words(session: Session) -> UrgencyWords:
    """What holds now."""
    return UrgencyWords.read(read_row(session).words)


def read_row(session: Session) -> Row[Any]:
    """The same with its version."""
    return session.execute(text(_READ)).one()


def lock_row(session: Session) -> Row[Any]:
    """The same, before a change: whoever edits waits for who edits already."""
    return session.execute(text(f"{_READ} FOR UPDATE")).one()


def write_words(session: Session, words: UrgencyWords) -> Row[Any]:
    """What holds from now on, in its next version."""
    return session.execute(_WRITE, {"words": orjson.dumps(words.as_json()).decode()}).one()
