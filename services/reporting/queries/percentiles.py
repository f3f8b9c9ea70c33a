"""Medians and 90th percentiles, exact for rounded minutes: how often each occurs is added up over
all pieces, and then counted through from the shortest.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, select, text, union_all
from sqlalchemy.orm import Session

from services.reporting.domain.covering import DAY, MONTH
from services.reporting.domain.measures import SPREADS
from services.reporting.domain.periods import Period
from services.reporting.queries.asking import Asked
from services.reporting.queries.pieces import PIECES, SPANS, cover_all, mapped
from services.reporting.queries.sums import Found, Place
from services.reporting.storage.measuring import spread_rows

# Sorting some hundred thousand pairs on disk takes longer than all the rest.
_ROOM = text("SELECT set_config('work_mem', '64MB', true)")


def find_percentiles(
    session: Session,
    asked: Asked,
    dimension: str | None,
    periods: Sequence[Period],
    spreads: Collection[str],
    kept: Collection[str] | None = None,
) -> Found:
    """In seconds, as `reply.p50` and so on; keys that are not `kept` are counted as one."""
    names = [name for name in SPREADS if name in spreads]
    if not names:
        return {}
    place = asked.place(dimension, is_stock=False)
    # Single days have spreads of all tickets only.
    finest = None if place is None else DAY if place[0] == "" else MONTH
    pieces = cover_all(asked, periods, finest)
    given: dict[str, Any] = {"kept": list(kept or ()), "spreads": names}
    given |= {**pieces.cells, **pieces.spans}
    parts = []
    if place is not None and pieces.starts:
        parts.append(_kept(place, dimension, kept))
        given |= {"dimension": place[0], "place_keys": list(place[1])}
    if pieces.firsts:
        query, filtered = _counted(asked, dimension, names, kept)
        parts.append(query)
        given |= filtered
    if not parts:
        return {}
    session.execute(_ROOM)
    return _found(session, parts, given)


def _kept(place: Place, dimension: str | None, kept: Collection[str] | None) -> Select[Any]:
    key = "''" if dimension is None else mapped("spreads.key", kept)
    query = select(
        text(f"bucket, {key} AS key, spreads.spread, found.minute AS minutes, found.n")
    ).select_from(
        text(
            f"{PIECES} JOIN spreads ON spreads.dimension = :dimension "
            "AND spreads.level = piece.level AND spreads.start = piece.start "
            "AND spreads.spread = ANY(:spreads), "
            "LATERAL unnest(spreads.minutes, spreads.counts) AS found (minute, n)"
        )
    )
    return query.where(text("spreads.key = ANY(:place_keys)")) if place[1] else query


def _counted(
    asked: Asked, dimension: str | None, names: list[str], kept: Collection[str] | None
) -> tuple[Select[Any], dict[str, Any]]:
    parts, given = asked.condition("acts")
    key = mapped(asked.key("acts", dimension), kept)
    whats = sorted({SPREADS[name][0] for name in names})
    query = (
        select(text(f"bucket, {key} AS key, found.spread, found.minutes, count(*)::int AS n"))
        .select_from(
            text(
                f"{SPANS} JOIN acts ON acts.day BETWEEN span.first AND span.last "
                f"AND acts.what = ANY(:whats){asked.joined('acts', dimension)}, "
                f"LATERAL ({spread_rows(names)}) AS found"
            )
        )
        .where(*parts)
        .group_by(text("1, 2, 3, 4"))
    )
    return query, {**given, "whats": whats}


def _found(session: Session, parts: list[Select[Any]], given: dict[str, Any]) -> Found:
    pairs = (parts[0] if len(parts) == 1 else union_all(*parts)).cte("pairs")
    summed = (
        select(text("bucket, key, spread, minutes, sum(n)::int AS n"))
        .select_from(pairs)
        .group_by(text("1, 2, 3, 4"))
        .cte("summed")
    )
    # Counted through: how many last no longer than so, and how many there are.
    through = (
        select(
            text(
                "bucket, key, spread, minutes, "
                "sum(n) OVER (PARTITION BY bucket, key, spread ORDER BY minutes) AS upto, "
                "sum(n) OVER (PARTITION BY bucket, key, spread) AS total"
            )
        )
        .select_from(summed)
        .cte("through")
    )
    query = (
        select(
            text(
                "bucket, key, spread, "
                "min(minutes) FILTER (WHERE upto * 100 >= total * 50), "
                "min(minutes) FILTER (WHERE upto * 100 >= total * 90)"
            )
        )
        .select_from(through)
        .group_by(text("1, 2, 3"))
    )
    found: Found = defaultdict(dict)
    for point, key, spread, half, most in session.execute(query, given):
        found[point, key] |= {f"{spread}.p50": half * 60, f"{spread}.p90": most * 60}
    return dict(found)
