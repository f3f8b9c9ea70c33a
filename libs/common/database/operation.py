"""What an owner's database tells operators: what waits to leave, to be tried again, to be rung."""

from typing import Any

from sqlalchemy import Connection, text

from libs.common.database import outbox
from libs.common.database.roll_call import list_processes

_FAILURES = text(
    "SELECT count(*) FILTER (WHERE parked_at IS NULL) AS waiting, "
    " count(*) FILTER (WHERE parked_at IS NOT NULL) AS parked, "
    " min(failed_at) AS oldest FROM inbox_failures"
)
# Seconds by which the oldest is late; ready ones are rung within a fraction of a second.
_TIMERS = text(
    "SELECT (SELECT count(*) FROM (SELECT 1 FROM timers LIMIT 100001) AS first) AS waiting, "
    " (SELECT count(*) FROM timers WHERE try_at <= now()) AS due, "
    " (SELECT greatest(extract(epoch FROM now() - min(try_at)), 0) FROM timers) AS late"
)
_SENT = text("SELECT coalesce(sum(events), 0) AS events, min(sent_at) AS oldest FROM outbox_sent")
_SIZE = text("SELECT pg_database_size(current_database())")


def describe_operation(connection: Connection) -> dict[str, Any]:
    """Figures of the owner as a whole, and its processes; ages in seconds, sizes in bytes."""
    rows, age = outbox.backlog(connection)
    failures = connection.execute(_FAILURES).one()
    timers = connection.execute(_TIMERS).one()
    sent = connection.execute(_SENT).one()
    return {
        "outbox": {"rows": rows, "age_seconds": round(age, 3)},
        "sent": {
            "events": int(sent.events),
            "since": sent.oldest.isoformat() if sent.oldest else None,
        },
        "failures": {
            "waiting": failures.waiting,
            "parked": failures.parked,
            "oldest_at": failures.oldest.isoformat() if failures.oldest else None,
        },
        "timers": {
            "waiting": timers.waiting,
            "due": timers.due,
            "late_seconds": round(float(timers.late or 0), 3),
        },
        "database_bytes": connection.execute(_SIZE).scalar_one(),
        "processes": list_processes(connection),
    }
