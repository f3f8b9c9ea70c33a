"""Acts and stays of tickets: what has changed is written, and the days whose sums it was part of
are marked. In a transaction that `in_shadow` has begun, all of it is that of the shadow.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from libs.common.database.rows import changes, put_rows
from services.reporting.domain.acts import Act, Figures, Stay

_ACT = tuple(one.name for one in fields(Act))
_STAY = tuple(one.name for one in fields(Stay))
_IDS = ("region_id", "group_id", "department_id", "agent_id")
_PATH = "category_path"
_CAST = {**dict.fromkeys(_IDS, "text"), _PATH: "text[]"}


def _load(table: str, names: tuple[str, ...]) -> Any:
    listed = ", ".join(f"{name}::{_CAST[name]}" if name in _CAST else name for name in names)
    return text(f"SELECT ticket_id, {listed} FROM {table} WHERE ticket_id = ANY(:ids)")


_LOAD_ACTS, _LOAD_STAYS = _load("acts", _ACT), _load("stays", _STAY)
_KEEP_ACT = f"ON CONFLICT (ticket_id, what, nth) DO UPDATE SET {changes(_ACT[2:])}"
_KEEP_STAY = f"ON CONFLICT (ticket_id, nth) DO UPDATE SET {changes(_STAY[1:])}"
_DROP_ACTS = text(
    "DELETE FROM acts USING unnest("
    "CAST(:ids AS uuid[]), CAST(:whats AS text[]), CAST(:nths AS int[])) "
    "AS gone (ticket_id, what, nth) WHERE acts.ticket_id = gone.ticket_id "
    "AND acts.what = gone.what AND acts.nth = gone.nth"
)
_DROP_STAYS = text(
    "DELETE FROM stays USING unnest(CAST(:ids AS uuid[]), CAST(:nths AS int[])) "
    "AS gone (ticket_id, nth) WHERE stays.ticket_id = gone.ticket_id AND stays.nth = gone.nth"
)
_MARK = text(
    "INSERT INTO marks (level, start) SELECT :level, day FROM unnest(CAST(:days AS date[])) AS day"
)


def in_shadow(session: Session) -> None:
    """From here on figures and sums are those of the shadow, until the transaction ends."""
    session.execute(text("SET LOCAL search_path = shadow, public"))


def load_figures(session: Session, ids: Collection[UUID]) -> dict[UUID, Figures]:
    """What is written of these tickets, which are locked if it is to be changed."""
    acts: dict[UUID, list[Act]] = defaultdict(list)
    stays: dict[UUID, list[Stay]] = defaultdict(list)
    for ticket_id, *values in session.execute(_LOAD_ACTS, {"ids": list(ids)}):
        acts[ticket_id].append(Act(**_read(_ACT, values)))
    for ticket_id, *values in session.execute(_LOAD_STAYS, {"ids": list(ids)}):
        stays[ticket_id].append(Stay(**_read(_STAY, values)))
    return {key: Figures(tuple(acts[key]), tuple(stays[key])) for key in ids}


def _read(names: Sequence[str], values: Iterable[Any]) -> dict[str, Any]:
    """In the domain's terms, in which nothing can be changed."""
    row = dict(zip(names, values, strict=True))
    return {**row, _PATH: tuple(row[_PATH])}


def keep_figures(session: Session, figures: Mapping[UUID, Figures]) -> None:
    """Write what differs from what is there; the tickets are locked."""
    before = load_figures(session, figures.keys())
    days: set[date] = set()
    for table in (_acts_of, _stays_of):
        days |= table(session, before, figures)
    mark_days(session, days)


def mark_days(session: Session, days: Iterable[date], level: int = 1) -> None:
    """The sums of these days (level 1), months (2) or years (3) do not hold any more."""
    if found := sorted(set(days)):
        session.execute(_MARK, {"level": level, "days": found})


def _acts_of(
    session: Session, before: Mapping[UUID, Figures], after: Mapping[UUID, Figures]
) -> set[date]:
    had = {(key, one.what, one.nth): one for key, found in before.items() for one in found.acts}
    have = {(key, one.what, one.nth): one for key, found in after.items() for one in found.acts}
    gone = [had[key] for key in had.keys() - have.keys()]
    news = sorted(key for key, one in have.items() if had.get(key) != one)
    if dropped := sorted(had.keys() - have.keys()):
        ids, whats, nths = (list(column) for column in zip(*dropped, strict=True))
        session.execute(_DROP_ACTS, {"ids": ids, "whats": whats, "nths": nths})
    _put(session, "acts", _ACT, [(key[0], have[key]) for key in news], _KEEP_ACT)
    changed = [had[key] for key in news if key in had]
    return {one.day for one in (*gone, *changed, *(have[key] for key in news))}


def _stays_of(
    session: Session, before: Mapping[UUID, Figures], after: Mapping[UUID, Figures]
) -> set[date]:
    had = {(key, one.nth): one for key, found in before.items() for one in found.stays}
    have = {(key, one.nth): one for key, found in after.items() for one in found.stays}
    gone = [had[key] for key in had.keys() - have.keys()]
    news = sorted(key for key, one in have.items() if had.get(key) != one)
    if dropped := sorted(had.keys() - have.keys()):
        ids, nths = (list(column) for column in zip(*dropped, strict=True))
        session.execute(_DROP_STAYS, {"ids": ids, "nths": nths})
    _put(session, "stays", _STAY, [(key[0], have[key]) for key in news], _KEEP_STAY)
    changed = [had[key] for key in news if key in had]
    days = [(one.start_day, one.end_day) for one in (*gone, *changed, *(have[k] for k in news))]
    return {day for pair in days for day in pair if day is not None}


def _put(
    session: Session,
    table: str,
    names: Sequence[str],
    rows: Sequence[tuple[UUID, Act | Stay]],
    ending: str,
) -> None:
    if rows:
        given = [
            {"ticket_id": key, **{name: getattr(one, name) for name in names}} for key, one in rows
        ]
        put_rows(session, table, ("ticket_id", *names), given, ending)
