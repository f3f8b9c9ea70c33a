"""Lists of articles: by words, best first; without any, by time or by use."""

from collections.abc import Sequence
from datetime import datetime
from math import isfinite, nan
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from libs.common.cursor import decode_cursor, encode_cursor
from libs.common.errors import field_error
from libs.common.text import highlight
from services.kb.queries.matching import MAX_QUERY, MAX_RESULTS, Found, match, read_query
from services.kb.queries.narrowing import Narrowing
from services.kb.queries.shapes import show_instant
from services.kb.storage.settings_row import read_language

Json = dict[str, Any]

SORTS = ("relevance", "updated", "popular")
_MOST = 100
_SNIPPET = 120  # characters
_FLAGS = {"true": True, "false": False}
_COLUMNS = (
    "article_id, is_working, number, state, kind, language, audience, category_id, tags, title, "
    "summary, boost, updated_at"
)
# Of a long text the beginning: a snippet from deep inside is not worth reading all of it.
_ROWS = text(
    f"SELECT {', '.join(f'search_rows.{name}' for name in _COLUMNS.split(', '))}, "
    "left(versions.body_text, 8000) AS body, versions.steps "
    "FROM unnest(CAST(:ids AS uuid[]), CAST(:flags AS boolean[])) "
    "AS wanted (article_id, is_working) JOIN search_rows USING (article_id, is_working) "
    "JOIN versions USING (version_id)"
)


def search(
    session: Session,
    narrowing: Narrowing,
    query: str,
    *,
    sort: str | None = None,
    limit: int = 20,
    cursor: str | None = None,
) -> Json:
    """A page: {items, next_cursor}. Of a query's results the best 200 can be reached."""
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= _MOST:
        raise field_error("limit", f"must be 1 to {_MOST}", "filter.invalid")
    if sort is not None and sort not in SORTS:
        raise field_error("sort", f"must be one of {', '.join(SORTS)}", "filter.invalid")
    if not query.strip():
        return _listed(session, narrowing, sort or "updated", limit, cursor)
    return _searched(session, narrowing, query, limit, cursor)


def _searched(
    session: Session, narrowing: Narrowing, query: str, limit: int, cursor: str | None
) -> Json:
    start = decode_cursor(cursor, 1, int)[0] if cursor else 0
    if not 0 <= start <= MAX_RESULTS:
        raise field_error("cursor", "is not one that this list has given", "cursor.invalid")
    wanted = read_query(session, read_language(session), query[:MAX_QUERY])
    found = match(session, wanted, narrowing)
    page = found[start : start + limit]
    after = start + limit
    return {
        "items": show_found(session, page, wanted.words),
        "next_cursor": encode_cursor([after]) if after < len(found) else None,
    }


def show_found(session: Session, page: Sequence[Found], words: Sequence[str]) -> list[Json]:
    """The rows of a page in its order, with what was looked for marked."""
    rows = {
        (row["article_id"], row["is_working"]): row
        for row in session.execute(
            _ROWS,
            {"ids": [one.article_id for one in page], "flags": [one.is_working for one in page]},
        ).mappings()
    }
    known = (rows.get((one.article_id, one.is_working)) for one in page)
    return [_show(row, words) for row in known if row is not None]


def _listed(
    session: Session, narrowing: Narrowing, sort: str, limit: int, cursor: str | None
) -> Json:
    by_use = sort == "popular"
    column, kind = ("boost", "real") if by_use else ("updated_at", "timestamptz")
    after = ""
    parameters = {**narrowing.parameters, "limit": limit + 1}
    if cursor:
        value, article_id, is_working = _behind(cursor, by_use)
        parameters |= {"value": value, "after_id": article_id, "flag": is_working}
        after = (
            f"AND ({column}, article_id, is_working) < "
            f"(CAST(:value AS {kind}), CAST(:after_id AS uuid), CAST(:flag AS boolean))"
        )
    statement = text(
        f"SELECT article_id, is_working, {column} FROM search_rows WHERE {narrowing.sql} {after} "
        f"ORDER BY {column} DESC, article_id DESC, is_working DESC LIMIT :limit"
    )
    rows = _rows_of(session, statement, parameters)
    page = [Found(row[0], row[1], 0.0) for row in rows[:limit]]
    last = rows[limit - 1] if len(rows) > limit else None
    return {"items": show_found(session, page, ()), "next_cursor": _cursor(last, by_use)}


def _behind(cursor: str, by_use: bool) -> tuple[Any, UUID, bool]:
    """Where a list goes on: a place by use or by time, as `_cursor` wrote it. Anybody may write
    one, so it is read here and not by the database."""
    value, article_id, flag = decode_cursor(cursor, 3, str if by_use else datetime, UUID, str)
    try:
        place = float(value) if by_use else value
    except ValueError:
        place = nan
    if flag not in _FLAGS or (by_use and not isfinite(place)):
        raise field_error("cursor", "is not one that this list has given", "cursor.invalid")
    return place, article_id, _FLAGS[flag]


def _rows_of(session: Session, statement: Any, parameters: dict[str, Any]) -> Sequence[Any]:
    return session.execute(statement, parameters).all()


def _cursor(row: Any, by_use: bool) -> str | None:
    if row is None:
        return None
    # Cursors hold no floats.
    value = repr(row[2]) if by_use else row[2]
    return encode_cursor([value, row[0], "true" if row[1] else "false"])


def _show(row: Any, words: Sequence[str]) -> Json:
    body = "\n".join(part for part in (row["summary"], row["body"], *row["steps"]) if part)
    return {
        "article_id": str(row["article_id"]),
        **{
            name: row[name]
            for name in ("number", "state", "kind", "language", "audience", "title", "summary")
        },
        "category_id": str(row["category_id"]) if row["category_id"] else None,
        "tags": list(row["tags"]),
        "title_html": highlight(row["title"], words),
        "snippet": highlight(body, words, longest=_SNIPPET),
        "updated_at": show_instant(row["updated_at"]),
    }
