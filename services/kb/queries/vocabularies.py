"""Categories, tags and settings as they stand."""

from typing import Any

from sqlalchemy import text

from libs.common.database.unit_of_work import UnitOfWork
from services.kb.queries.shapes import Json, show_category, show_settings
from services.kb.storage.categories import all_categories
from services.kb.storage.settings_row import read_settings

# Of the newest: what nobody has written on for long is found by its words.
_TAGS = text(
    "SELECT tag, count(*) FROM (SELECT tags FROM search_rows WHERE state = 'published' "
    "ORDER BY updated_at DESC LIMIT :newest) AS newest, unnest(tags) AS tag "
    "GROUP BY tag ORDER BY count(*) DESC, tag LIMIT :most"
)
_COUNTS = text(
    "SELECT category_id, count(*) FROM search_rows WHERE state = 'published' "
    "AND category_id IS NOT NULL AND audience = ANY(:audiences) GROUP BY category_id"
)
_MOST_TAGS, _NEWEST = 300, 10_000


def list_categories(uow: UnitOfWork) -> Json:
    """All, each with how many published articles are in it and below it."""
    return {"items": _counted(uow, ["public", "staff"])}


def list_help_categories(uow: UnitOfWork) -> Json:
    """Those in which everybody finds something."""
    items = [one for one in _counted(uow, ["public"]) if one["articles"]]
    return {"items": [{k: v for k, v in one.items() if k != "version"} for one in items]}


def list_tags(uow: UnitOfWork) -> Json:
    """The commonest tags of the newest 10,000 published articles."""
    rows = uow.session.execute(_TAGS, {"most": _MOST_TAGS, "newest": _NEWEST})
    return {"items": [{"tag": row[0], "articles": row[1]} for row in rows]}


def get_settings(uow: UnitOfWork) -> Json:
    """How reviews go, and how texts are cut."""
    return show_settings(read_settings(uow.session))


def _counted(uow: UnitOfWork, audiences: list[str]) -> list[dict[str, Any]]:
    rows = all_categories(uow.session)
    parents = {row["category_id"]: row["parent_id"] for row in rows}
    sums = dict.fromkeys(parents, 0)
    for category_id, count in uow.session.execute(_COUNTS, {"audiences": audiences}):
        one = category_id
        while one in parents:
            sums[one] += count
            one = parents[one]
    return [{**show_category(row), "articles": sums[row["category_id"]]} for row in rows]
