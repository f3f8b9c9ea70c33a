"""Events that have been handled: the insert that makes a handler idempotent."""

from collections.abc import Sequence

from sqlalchemy import Connection, text

from libs.common.contracts.envelope import Event

_CLAIM = text(
    "INSERT INTO inbox (event_id, occurred_at) "
    "SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:times AS timestamptz[])) "
    "ON CONFLICT DO NOTHING RETURNING event_id"
)


def keep_new(connection: Connection, events: Sequence[Event]) -> list[Event]:
    """Mark all as handled in this transaction; return those that were not, in the given order.

    Inserted in the order of ids, so that two replicas with overlapping batches wait, not deadlock.
    """
    by_id = {event.id: event for event in events}
    ids = sorted(by_id)
    parameters = {"ids": [str(i) for i in ids], "times": [by_id[i].time for i in ids]}
    new = set(connection.execute(_CLAIM, parameters).scalars())
    return [event for event_id, event in by_id.items() if event_id in new]
