"""The settings: one row, with the company's own words and what means the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from libs.common.text import Segmenter, segmenter_of

COLUMNS = ("needs_other_reviewer", "notice_days", "words", "synonyms", "version")
_READ = f"SELECT {', '.join(COLUMNS)} FROM settings"
_PLAIN, _LOCKED = text(_READ), text(f"{_READ} FOR UPDATE")
_WRITE = text(
    "UPDATE settings SET needs_other_reviewer = :needs_other_reviewer, "
    "notice_days = :notice_days, words = :words, synonyms = CAST(:synonyms AS jsonb), "
    f"version = version + 1 RETURNING {', '.join(COLUMNS)}"
)


@dataclass(frozen=True)
class Language:
    """How texts are cut now, and which words mean the same."""

    segmenter: Segmenter
    same: Mapping[str, tuple[str, ...]]


def read_settings(session: Session, *, is_locked: bool = False) -> RowMapping:
    """What holds now."""
    return session.execute(_LOCKED if is_locked else _PLAIN).mappings().one()


def write_settings(session: Session, values: Mapping[str, Any]) -> RowMapping:
    """What holds from now on, in its next version."""
    packed = {**values, "synonyms": orjson.dumps(values["synonyms"]).decode()}
    return session.execute(_WRITE, packed).mappings().one()


def read_language(session: Session) -> Language:
    """The present dictionary; it is loaded when it has changed."""
    row = read_settings(session)
    segmenter = segmenter_of(tuple(row["words"]))
    return Language(segmenter, _same(segmenter, row["synonyms"]))


def _same(segmenter: Segmenter, groups: list[list[str]]) -> dict[str, tuple[str, ...]]:
    """By each word those that mean the same, as they stand in the index."""
    same: dict[str, set[str]] = {}
    for group in groups:
        words = [tokens[0].word for one in group if len(tokens := segmenter.tokens(one)) == 1]
        for word in words:
            same.setdefault(word, set()).update(set(words) - {word})
    return {word: tuple(sorted(others)) for word, others in same.items()}
