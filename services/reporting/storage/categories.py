"""The copy of ticketing's tree of categories: names for what is counted by their ids."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from libs.common.database.rows import changes, put_rows

_NAMES = ("category_id", "parent_id", "name_zh", "name_en", "version")
_KEEP = (
    f"ON CONFLICT (category_id) DO UPDATE SET {changes(_NAMES[1:])} "
    "WHERE ticket_categories.version < excluded.version"
)
# A parent that is not known yet ends the path; a circle, of halves of two moves, ends by itself.
_PATHS = (
    "WITH RECURSIVE above AS ("
    "SELECT category_id AS key, parent_id, ARRAY[{name}] AS names, 1 AS depth "
    "FROM ticket_categories UNION ALL "
    "SELECT above.key, one.parent_id, {one} || above.names, depth + 1 "
    "FROM above JOIN ticket_categories AS one ON one.category_id = above.parent_id "
    "WHERE depth < 10) "
    "SELECT DISTINCT ON (key) key::text, names FROM above ORDER BY key, depth DESC"
)
_PATHS_IN = {
    "zh": text(_PATHS.format(name="name_zh", one="one.name_zh")),
    "en": text(
        _PATHS.format(name="coalesce(name_en, name_zh)", one="coalesce(one.name_en, one.name_zh)")
    ),
}


def keep_categories(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep what is newer than what is known."""
    if rows:
        put_rows(session, "ticket_categories", _NAMES, rows, _KEEP, "category_id")


def paths_of(session: Session, language: str) -> dict[str, list[str]]:
    """Names in the language (zh or en) from the top of the tree down, by the category's id."""
    rows = session.execute(_PATHS_IN["en" if language == "en" else "zh"])
    return {row.key: row.names for row in rows}
