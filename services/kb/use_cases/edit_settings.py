"""Changes how reviews go, and how texts are cut; a job then cuts all texts anew."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import RowMapping

from libs.common.database.unit_of_work import UnitOfWork
from libs.common.text.words import MAX_OWN_WORDS
from services.kb.domain.reading import Reading
from services.kb.storage.settings_row import read_settings, write_settings
from services.kb.use_cases.finding import check_version

_FIELDS = ("needs_other_reviewer", "notice_days", "words", "synonyms")
_MAX_GROUPS, _MAX_IN_GROUP, _LONGEST = 500, 20, 20


def edit_settings(
    uow: UnitOfWork, version: int | None, changes: Mapping[str, Any]
) -> tuple[RowMapping, RowMapping]:
    """Change some of it; returns all before and after."""
    before = read_settings(uow.session, is_locked=True)
    check_version(before["version"], version)
    read = _read(changes)
    return before, write_settings(uow.session, {**{name: before[name] for name in _FIELDS}, **read})


def _read(raw: Mapping[str, Any]) -> dict[str, Any]:
    reading = Reading()
    reading.only(raw, _FIELDS)
    read: dict[str, Any] = {}
    if "needs_other_reviewer" in raw:
        read["needs_other_reviewer"] = raw["needs_other_reviewer"]
        if not isinstance(raw["needs_other_reviewer"], bool):
            reading.wrong("needs_other_reviewer", "must be true or false")
    if "notice_days" in raw:
        days = read["notice_days"] = raw["notice_days"]
        if isinstance(days, bool) or not isinstance(days, int) or not 0 <= days <= 90:
            reading.wrong("notice_days", "must be a whole number from 0 to 90")
    if "words" in raw:
        words = _words(reading, raw["words"], "words", MAX_OWN_WORDS)
        read["words"] = sorted(set(words))
    if "synonyms" in raw:
        groups = reading.list_of(raw["synonyms"], "synonyms", _MAX_GROUPS)
        read["synonyms"] = [
            _words(reading, group, f"synonyms[{place}]", _MAX_IN_GROUP)
            for place, group in enumerate(groups)
        ]
    reading.conclude()
    return read


def _words(reading: Reading, raw: Any, path: str, most: int) -> list[str]:
    listed = reading.list_of(raw, path, most)
    return [
        reading.line(word, f"{path}[{place}]", _LONGEST, least=2)
        for place, word in enumerate(listed)
    ]
