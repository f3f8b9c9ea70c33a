"""Whether knowledge helps: what is read, used and judged, and what is looked for in vain."""

from datetime import date
from typing import Any

from sqlalchemy import text

from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import field_error

Json = dict[str, Any]

_MOST_DAYS = 400
_COUNTED = ("customer_views", "staff_views", "uses", "helpful", "unhelpful")
_SUMS = ", ".join(f"coalesce(sum({name}), 0)::bigint AS {name}" for name in _COUNTED)
_TOTALS = text(f"SELECT {_SUMS} FROM days WHERE day BETWEEN :first AND :last")
_BY_DAY = text(
    f"SELECT day, {_SUMS} FROM days WHERE day BETWEEN :first AND :last GROUP BY day ORDER BY day"
)
_TOP = text(
    f"SELECT days.article_id, title, kind, {_SUMS} FROM days JOIN search_rows "
    "ON search_rows.article_id = days.article_id AND NOT is_working "
    "WHERE day BETWEEN :first AND :last GROUP BY days.article_id, title, kind "
    "ORDER BY sum(uses) DESC, sum(customer_views + staff_views) DESC, days.article_id LIMIT 20"
)
_MISSED = text(
    "SELECT phrase, sum(count)::bigint AS count FROM missed_searches "
    "WHERE day BETWEEN :first AND :last GROUP BY phrase ORDER BY 2 DESC, phrase LIMIT 50"
)
_STATES = text("SELECT state, count(*) FROM articles GROUP BY state")


def get_figures(uow: UnitOfWork, first: date, last: date) -> Json:
    """Of these days, both included, in the business zone."""
    if not first <= last or (last - first).days >= _MOST_DAYS:
        raise field_error("until", f"must be at most {_MOST_DAYS} days from from")
    period = {"first": first, "last": last}
    run = uow.session.execute
    states = {row[0]: row[1] for row in run(_STATES)}
    return {
        "from": first.isoformat(),
        "until": last.isoformat(),
        "articles": [{"state": state, "count": count} for state, count in sorted(states.items())],
        "totals": dict(run(_TOTALS, period).mappings().one()),
        "days": [_plain(row) for row in run(_BY_DAY, period).mappings()],
        "top": [_plain(row) for row in run(_TOP, period).mappings()],
        "missed": [dict(row) for row in run(_MISSED, period).mappings()],
    }


def _plain(row: Any) -> Json:
    return {
        name: str(value) if name in ("day", "article_id") else value for name, value in row.items()
    }
