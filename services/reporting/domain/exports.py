"""Exports: how long they wait, run and are kept; charts of reports."""

from dataclasses import dataclass
from datetime import timedelta

XLSX, CSV = "xlsx", "csv"
KINDS = (XLSX, CSV)
REPORT, TICKETS = "report", "tickets"
WHATS = (REPORT, TICKETS)

WAITING, RUNNING, DONE = "waiting", "running", "done"
FAILED, CANCELLED, EXPIRED, REMOVED = "failed", "cancelled", "expired", "removed"
UNFINISHED = (WAITING, RUNNING)

# Whoever writes renews the lease; after so long without, another one begins anew.
LEASE = timedelta(seconds=30)
MOST_ATTEMPTS = 3
PAUSE = timedelta(seconds=10)
KEPT = timedelta(days=7)
# A row without a file tells its owner what became of it, for so long.
FORGOTTEN = timedelta(days=30)
# Of one person at a time.
MOST_UNFINISHED = 5

BAR, LINE, PIE, RADAR = "bar", "line", "pie", "radar"
CHARTS = (BAR, LINE, PIE, RADAR)
MOST_CHARTS = 10


@dataclass(frozen=True)
class Chart:
    """A picture of some metrics of a report; none named: all of the first one's unit.

    A line is drawn through time where the report has a series, all others of the rows.
    """

    kind: str
    metrics: tuple[str, ...] = ()


def pause_after(attempts: int) -> timedelta:
    """Until the next one, after something unforeseen."""
    return attempts * PAUSE


def file_name(name: str, stamp: str, kind: str) -> str:
    """A name that every file system takes, in whatever language."""
    safe = "".join("_" if one in '\\/:*?"<>|' or ord(one) < 32 else one for one in name)
    return f"{safe.strip('. ') or 'export'}-{stamp}.{kind}"
