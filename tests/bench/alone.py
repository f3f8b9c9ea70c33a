"""The bench's rows that need no running system: each measure has servers of its own, if any."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tests.bench.kb_relevance import measure_relevance
from tests.bench.kb_search import measure_search
from tests.bench.mails import measure_mails
from tests.bench.reporting_dashboard import measure_dashboard
from tests.bench.reporting_ingest import measure_ingest
from tests.bench.sla_arithmetic import measure_arithmetic
from tests.bench.sla_timers import measure_timers
from tests.bench.ticket_reads import measure_reads

Row = dict[str, Any]

# Each is told how many seconds a load lasts.
ALONE: Mapping[str, Callable[[float], Iterable[Row]]] = {
    "sla": lambda seconds: measure_arithmetic(seconds / 2),
    "timers": lambda _: measure_timers(),
    "mails": lambda _: [measure_mails()],
    "reporting_ingest": lambda _: measure_ingest(),
    "reporting_dashboard": lambda _: measure_dashboard(),
    "kb_search": measure_search,
    "ticket_reads": measure_reads,
    "kb_relevance": lambda _: measure_relevance(),
}


def measure_alone(names: Iterable[str], seconds: float) -> list[Row]:
    """One after the other."""
    rows: list[Row] = []
    for name in names:
        print(f"  measuring {name}", flush=True)
        rows += ALONE[name](seconds)
    return rows
