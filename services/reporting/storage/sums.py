"""Sums of days, months and years by each dimension: made anew wherever marks say that they do not
hold any more. Months and years are made of what is below them, medians' months of acts.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.reporting.domain.covering import DAY, MONTH, UNIT_OF, YEAR
from services.reporting.domain.measures import SPREADS
from services.reporting.domain.periods import unit_end, unit_start
from services.reporting.domain.vocabulary import CATEGORY, COLUMN_OF, STATUS
from services.reporting.storage.figures import mark_days
from services.reporting.storage.measuring import SUMMED, SUMS, nodes_of, spread_rows

_ALL = ("", *COLUMN_OF, CATEGORY, STATUS)
_COLUMNS = tuple(COLUMN_OF.values())


def _named(columns: dict[str, str]) -> tuple[str, str]:
    """In a query with GROUPING SETS: the dimension of a row, and its key."""
    dimension = " ".join(
        f"WHEN grouping({column}) = 0 THEN '{name}'" for name, column in columns.items()
    )
    key = " ".join(
        f"WHEN grouping({column}) = 0 THEN coalesce({column}::text, '')"
        for column in columns.values()
    )
    return f"CASE {dimension} ELSE '' END", f"CASE {key} ELSE '' END"


def _sets(columns: dict[str, str], more: str = "") -> str:
    listed = ", ".join(f"({column}{more})" for column in columns.values())
    return f"GROUPING SETS (({more.lstrip(', ')}), {listed})"


_OF_STAYS = {**COLUMN_OF, STATUS: STATUS}
_ACT_NAMES, _STAY_NAMES = _named(dict(COLUMN_OF)), _named(_OF_STAYS)
_MARKED = text("SELECT DISTINCT level, start FROM marks")
_DUE = text(
    "SELECT start, array_agg(mark_id) AS marks FROM marks WHERE level = :level "
    "AND start < :before GROUP BY start "
    "HAVING max(marked_at) < :quiet OR min(marked_at) < :patience ORDER BY start LIMIT :n"
)
_UNMARK = text("DELETE FROM marks WHERE mark_id = ANY(:ids)")
_THIN = text(
    "DELETE FROM marks USING marks AS older WHERE marks.level = older.level "
    "AND marks.start = older.start AND marks.mark_id > older.mark_id "
    "AND marks.level = 1 AND marks.start >= :since"
)
_EMPTY = text("DELETE FROM cells WHERE dimension = ANY(:all) AND level = :level AND start = :start")
_EMPTY_SPREADS = text(
    "DELETE FROM spreads WHERE dimension = ANY(:all) AND level = :level AND start = :start"
)
_SUM_ACTS = text(
    f"INSERT INTO cells (dimension, level, start, key, {', '.join(SUMMED)}) "
    f"SELECT {_ACT_NAMES[0]}, 1, CAST(:start AS date), {_ACT_NAMES[1]}, {SUMS} "
    f"FROM acts WHERE day = :start GROUP BY {_sets(dict(COLUMN_OF))} HAVING count(*) > 0"
)
_SUM_STAYS = text(
    "INSERT INTO cells (dimension, level, start, key, change) "
    f"SELECT {_STAY_NAMES[0]}, 1, CAST(:start AS date), {_STAY_NAMES[1]}, sum(change) FROM ("
    "SELECT *, 1 AS change FROM stays WHERE start_day = :start UNION ALL "
    "SELECT *, -1 AS change FROM stays WHERE end_day = :start) AS moved "
    f"GROUP BY {_sets(_OF_STAYS)} HAVING count(*) > 0 "
    "ON CONFLICT (dimension, level, start, key) DO UPDATE SET change = excluded.change"
)
_SUM_NODES = text(
    f"INSERT INTO cells (dimension, level, start, key, {', '.join(SUMMED)}) "
    f"SELECT '{CATEGORY}', 1, CAST(:start AS date), node.key, {SUMS} "
    f"FROM acts{nodes_of('acts')} WHERE day = :start GROUP BY node.key"
)
_SUM_NODE_STAYS = text(
    "INSERT INTO cells (dimension, level, start, key, change) "
    f"SELECT '{CATEGORY}', 1, CAST(:start AS date), node.key, sum(change) FROM ("
    "SELECT *, 1 AS change FROM stays WHERE start_day = :start UNION ALL "
    f"SELECT *, -1 AS change FROM stays WHERE end_day = :start) AS moved{nodes_of('moved')} "
    "GROUP BY node.key "
    "ON CONFLICT (dimension, level, start, key) DO UPDATE SET change = excluded.change"
)
_ALL_SUMS = (*SUMMED, "change")
_SUM_CELLS = text(
    f"INSERT INTO cells (dimension, level, start, key, {', '.join(_ALL_SUMS)}) "
    "SELECT dimension, :level, CAST(:start AS date), key, "
    f"{', '.join(f'sum({name})' for name in _ALL_SUMS)} FROM cells "
    "WHERE dimension = ANY(:all) AND level = :below AND start BETWEEN :start AND :last "
    "GROUP BY dimension, key"
)
_SPREAD = "INSERT INTO spreads (dimension, level, start, key, spread, minutes, counts) "
_SPREAD_DAY = text(
    f"{_SPREAD} SELECT '', 1, CAST(:start AS date), '', spread, array_agg(minutes), array_agg(n) "
    "FROM (SELECT spread, minutes, count(*) AS n FROM acts, "
    f"LATERAL ({spread_rows(list(SPREADS))}) AS found WHERE day = :start "
    "AND what IN ('replied', 'solved') GROUP BY 1, 2) AS counted GROUP BY spread"
)
_SPREAD_MONTH = text(
    f"{_SPREAD} SELECT dimension, 2, CAST(:start AS date), key, spread, "
    "array_agg(minutes), array_agg(n) FROM ("
    f"SELECT {_ACT_NAMES[0]} AS dimension, {_ACT_NAMES[1]} AS key, spread, minutes, count(*) AS n "
    f"FROM acts, LATERAL ({spread_rows(list(SPREADS))}) AS found "
    "WHERE day BETWEEN :start AND :last AND what IN ('replied', 'solved') "
    f"GROUP BY {_sets(dict(COLUMN_OF), ', spread, minutes')}) AS counted "
    "GROUP BY dimension, key, spread"
)
_SPREAD_NODES = text(
    f"{_SPREAD} SELECT '{CATEGORY}', 2, CAST(:start AS date), key, spread, "
    "array_agg(minutes), array_agg(n) FROM ("
    "SELECT node.key, spread, minutes, count(*) AS n "
    f"FROM acts{nodes_of('acts')}, LATERAL ({spread_rows(list(SPREADS))}) AS found "
    "WHERE day BETWEEN :start AND :last AND what IN ('replied', 'solved') "
    "GROUP BY 1, 2, 3) AS counted GROUP BY key, spread"
)
_SPREAD_YEAR = text(
    f"{_SPREAD} SELECT dimension, 3, CAST(:start AS date), key, spread, "
    "array_agg(minute), array_agg(n) FROM ("
    "SELECT dimension, key, spread, minute, sum(n) AS n FROM spreads, "
    "LATERAL unnest(minutes, counts) AS found (minute, n) "
    "WHERE dimension = ANY(:all) AND level = 2 AND start BETWEEN :start AND :last "
    "GROUP BY 1, 2, 3, 4) AS counted GROUP BY dimension, key, spread"
)


def load_marks(session: Session) -> list[tuple[int, date]]:
    """What does not hold, as (level, start)."""
    return [(row.level, row.start) for row in session.execute(_MARKED)]


def due_marks(
    session: Session, level: int, before: date, quiet: datetime, patience: datetime, n: int
) -> Sequence[Any]:
    """Days (months, years) before that date whose marks are all older than `quiet`, or one of them
    older than `patience`; each with the ids of its marks.
    """
    given = {"level": level, "before": before, "quiet": quiet, "patience": patience, "n": n}
    return session.execute(_DUE, given).all()


def sum_up(session: Session, level: int, start: date, marks: Sequence[int]) -> None:
    """Make the sums of this day, month or year anew. Its marks go: they stood before we counted."""
    session.execute(_UNMARK, {"ids": list(marks)})
    last = unit_end(start, UNIT_OF[level])
    given = {"level": level, "start": start, "last": last, "below": level - 1, "all": list(_ALL)}
    session.execute(_EMPTY, given)
    session.execute(_EMPTY_SPREADS, given)
    if level == DAY:
        session.execute(_SUM_ACTS, given)
        session.execute(_SUM_NODES, given)
        session.execute(_SUM_STAYS, given)
        session.execute(_SUM_NODE_STAYS, given)
        session.execute(_SPREAD_DAY, given)
    else:
        session.execute(_SUM_CELLS, given)
        spreads = (_SPREAD_MONTH, _SPREAD_NODES) if level == MONTH else (_SPREAD_YEAR,)
        for statement in spreads:
            session.execute(statement, given)
    if level != YEAR:
        mark_days(session, [unit_start(start, UNIT_OF[level + 1])], level + 1)


def thin_marks(session: Session, since: date) -> None:
    """One mark is enough for each day that is not over, whose sums are not made yet."""
    session.execute(_THIN, {"since": since})
