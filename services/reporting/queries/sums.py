"""Sums over stretches of days: from what is kept where it holds, else from acts and stays."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services.reporting.domain.covering import DAY
from services.reporting.domain.measures import MEASURES
from services.reporting.domain.periods import EARLIEST, Period
from services.reporting.domain.vocabulary import NONE
from services.reporting.queries.asking import Asked
from services.reporting.queries.pieces import PIECES, SPANS, Pieces, cover_all, cover_days, mapped
from services.reporting.storage.measuring import AGENTS, sum_of

# Sums by (point, key): the place of a period in the list that was asked for, and the dimension's.
Found = dict[tuple[int, str], dict[str, float]]
Place = tuple[str, tuple[str, ...]]


def sum_acts(
    session: Session,
    asked: Asked,
    dimension: str | None,
    periods: Sequence[Period],
    names: Collection[str],
) -> Found:
    """Measures of each period by the dimension's keys (without one: by '')."""
    wanted = [name for name in MEASURES if name in names]
    if not wanted:
        return {}
    place = asked.place(dimension, is_stock=False)
    pieces = cover_all(asked, periods, None if place is None else DAY)
    rows = list(_kept(session, place, dimension, pieces, [(n, f"sum({n})") for n in wanted]))
    given = [(name, sum_of(MEASURES[name])) for name in wanted]
    whats = {MEASURES[name].what for name in wanted}
    rows += _counted(session, asked, dimension, pieces, given, whats)
    return _added(wanted, rows)


def count_agents(
    session: Session,
    asked: Asked,
    dimension: str | None,
    periods: Sequence[Period],
    kept: Collection[str] | None = None,
) -> Found:
    """How many agents solved something, as the sum `agents`."""
    if dimension is None and asked.place("agent", is_stock=False) is not None:
        found: Found = defaultdict(lambda: {"agents": 0})
        for (point, key), sums in sum_acts(session, asked, "agent", periods, ["solved"]).items():
            found[point, NONE]["agents"] += key != NONE and sums["solved"] > 0
        return dict(found)
    pieces = cover_all(asked, periods, None)
    given = [("agents", AGENTS)]
    return _added(["agents"], _counted(session, asked, dimension, pieces, given, {"solved"}, kept))


def count_changes(
    session: Session,
    asked: Asked,
    dimension: str | None,
    periods: Sequence[Period],
    *,
    until: date | None = None,
) -> Found:
    """By how many more tickets are unresolved at each period's end, as the sum `change`.

    With `until` each change counts once for every day of its period from then to there.
    """
    place = asked.place(dimension, is_stock=True)
    if until is None:
        pieces = cover_all(asked, periods, None if place is None else DAY)
    else:
        pieces = cover_days(asked, periods, until, is_kept=place is not None)
    names = [("change", "sum(change * weight)")]
    rows = list(_kept(session, place, dimension, pieces, names))
    rows += _moved(session, asked, dimension, pieces)
    return _added(["change"], rows)


def count_open(session: Session, asked: Asked, dimension: str | None, day: date) -> dict[str, int]:
    """How many are unresolved at the end of the day, by key."""
    if asked.place(dimension, is_stock=True) is not None:
        whole = Period("custom", EARLIEST, day)
        found = count_changes(session, asked, dimension, [whole]) if day >= EARLIEST else {}
        return {key: int(sums["change"]) for (_, key), sums in found.items()}
    parts, given = asked.condition("stays")
    open_then = text("stays.start_day <= :day AND (stays.end_day IS NULL OR stays.end_day > :day)")
    query = (
        select(text(f"{asked.key('stays', dimension)} AS key, count(*)"))
        .select_from(text(f"stays{asked.joined('stays', dimension)}"))
        .where(open_then, *parts)
        .group_by(text("1"))
    )
    rows = session.execute(query, {**given, "day": day}).all()
    return {row[0]: row[1] for row in rows}


def _kept(
    session: Session,
    place: Place | None,
    dimension: str | None,
    pieces: Pieces,
    names: Sequence[tuple[str, str]],
) -> Iterable[Any]:
    """Sums from those that are kept; rows of point, key and one value a name."""
    if place is None or not pieces.starts:
        return []
    listed = ", ".join(f"{sql} AS {name}" for name, sql in names)
    key = "''" if dimension is None else "cells.key"
    query = (
        select(text(f"bucket, {key} AS key, {listed}"))
        .select_from(text(f"{PIECES} JOIN cells ON {_ON}"))
        .group_by(text("1, 2"))
    )
    if place[1]:
        query = query.where(text("cells.key = ANY(:place_keys)"))
    given = {"dimension": place[0], "place_keys": list(place[1])}
    return session.execute(query, {**pieces.cells, **given}).all()


_ON = "cells.dimension = :dimension AND cells.level = piece.level AND cells.start = piece.start"


def _counted(
    session: Session,
    asked: Asked,
    dimension: str | None,
    pieces: Pieces,
    names: Sequence[tuple[str, str]],
    whats: Collection[str],
    kept: Collection[str] | None = None,
) -> Iterable[Any]:
    """The same from acts."""
    if not pieces.firsts:
        return []
    parts, given = asked.condition("acts")
    listed = ", ".join(f"{sql} AS {name}" for name, sql in names)
    key = mapped(asked.key("acts", dimension), kept)
    joined = asked.joined("acts", dimension)
    query = (
        select(text(f"bucket, {key} AS key, {listed}"))
        .select_from(
            text(f"{SPANS} JOIN acts ON acts.day BETWEEN span.first AND span.last{joined}")
        )
        .where(text("acts.what = ANY(:whats)"), *parts)
        .group_by(text("1, 2"))
    )
    given |= {"whats": sorted(whats), "kept": list(kept or ())}
    return session.execute(query, {**pieces.spans, **given}).all()


def _moved(
    session: Session, asked: Asked, dimension: str | None, pieces: Pieces
) -> Iterator[tuple[int, str, int]]:
    """Changes of what is unresolved, from stays that begin and those that end."""
    if not pieces.firsts:
        return
    parts, given = asked.condition("stays")
    key, joined = asked.key("stays", dimension), asked.joined("stays", dimension)
    for column, sign in (("start_day", 1), ("end_day", -1)):
        between = f"stays.{column} BETWEEN span.first AND span.last"
        query = (
            select(text(f"bucket, {key} AS key, sum(weight) AS change"))
            .select_from(text(f"{SPANS} JOIN stays ON {between}{joined}"))
            .where(*parts)
            .group_by(text("1, 2"))
        )
        for point, found, change in session.execute(query, {**pieces.spans, **given}):
            yield point, found, sign * change


def _added(names: Sequence[str], rows: Iterable[Any]) -> Found:
    found: Found = defaultdict(lambda: dict.fromkeys(names, 0))
    for point, key, *values in rows:
        sums = found[point, key]
        for name, value in zip(names, values, strict=True):
            sums[name] += int(value or 0)
    return dict(found)
