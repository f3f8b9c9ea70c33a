"""How PostgreSQL reads what a query asks for."""

import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import event as sql_events

from libs.common.database.unit_of_work import Database, UnitOfWork

_STEP = re.compile(r"actual time=\S+ rows=(\d+)(?:\.\d+)? loops=(\d+)")
_SCAN = re.compile(
    r"(?:Scan|Scan Backward) using \w+ on tickets|Scan on (?:tickets|ix_tickets_\w+)"
)
_THROWN = re.compile(r"Rows Removed by (?:Filter|Index Recheck): (\d+)")


def plan_of(database: Database, ask: Callable[[UnitOfWork], Any]) -> str:
    """The plans of all statements that `ask` runs, with what they have really read."""
    statements: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if "set_config" not in statement:
            statements.append((statement, parameters))

    sql_events.listen(database.engine, "before_cursor_execute", note)
    try:
        with database.begin() as uow:
            ask(uow)
    finally:
        sql_events.remove(database.engine, "before_cursor_execute", note)
    with database.engine.connect() as connection:
        plans = [
            connection.exec_driver_sql(f"EXPLAIN ANALYZE {statement}", parameters).scalars().all()
            for statement, parameters in statements
        ]
    return "\n".join(line for plan in plans for line in plan)


def most_rows_read(plan: str) -> int:
    """The most rows that any step of the plan has read, kept or thrown away."""
    kept = [int(rows) for rows, _ in _STEP.findall(plan)]
    return max(kept + [int(rows) for rows in _THROWN.findall(plan)])


def tickets_read(plan: str) -> int:
    """How many tickets (or entries of their indexes) all scans together have looked at."""
    total, loops = 0, 0
    for line in plan.splitlines():
        if step := _STEP.search(line):
            loops = int(step[2]) if _SCAN.search(line) else 0
            total += int(step[1]) * loops
        elif thrown := _THROWN.search(line):
            total += int(thrown[1]) * loops
    return total
