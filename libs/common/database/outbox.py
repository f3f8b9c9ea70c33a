"""Events that wait to be published, committed together with the facts they tell."""

from dataclasses import dataclass

from sqlalchemy import Connection, column, insert, table, text

_OUTBOX = table("outbox", column("event_id"), column("type"), column("is_urgent"), column("body"))

# Any constant: advisory locks are per database, and each service has its own.
_RELAY_LOCK = 0x71DE


@dataclass(frozen=True)
class OutboxRow:
    """An event that is not known to be published yet."""

    outbox_id: int
    event_id: str
    type: str
    body: str
    is_urgent: bool = False


def store_events(connection: Connection, rows: list[dict[str, object]]) -> None:
    """Insert in the order given, in one statement."""
    if rows:
        connection.execute(insert(_OUTBOX), rows)


_TAKE_TURN = text(
    "SELECT CASE WHEN EXISTS (SELECT 1 FROM outbox) THEN pg_try_advisory_xact_lock(:lock) END, "
    # A process that was frozen with the lock in hand loses it after a while.
    "set_config('idle_in_transaction_session_timeout', '30s', true)"
)
_NEXT = text(
    "(SELECT outbox_id, event_id::text, type, body, is_urgent FROM outbox WHERE is_urgent "
    " ORDER BY outbox_id LIMIT :n) UNION ALL "
    "(SELECT outbox_id, event_id::text, type, body, is_urgent FROM outbox WHERE NOT is_urgent "
    " ORDER BY outbox_id LIMIT :n) LIMIT :n"
)


def take_turn(connection: Connection) -> bool:
    """Whether something waits and this transaction is the one that relays it now.

    One cheap statement, because an idle relay repeats it five times a second. The turn ends with
    the transaction.
    """
    return bool(connection.execute(_TAKE_TURN, {"lock": _RELAY_LOCK}).scalar())


def next_rows(connection: Connection, limit: int) -> list[OutboxRow]:
    """The oldest rows, the urgent lane first."""
    return [OutboxRow(*row) for row in connection.execute(_NEXT, {"n": limit})]


def drop_rows(connection: Connection, rows: list[OutboxRow]) -> None:
    """Delete exactly these, which the broker has confirmed."""
    ids = [row.outbox_id for row in rows]
    connection.execute(text("DELETE FROM outbox WHERE outbox_id = ANY(:ids)"), {"ids": ids})


def backlog(connection: Connection, cap: int = 10_000) -> tuple[int, float]:
    """How many rows wait (counted to `cap`) and the age of the oldest in seconds."""
    row = connection.execute(
        text(
            "SELECT count(*), coalesce(extract(epoch FROM now() - min(created_at)), 0) "
            "FROM (SELECT created_at FROM outbox ORDER BY outbox_id LIMIT :cap) AS oldest"
        ),
        {"cap": cap},
    ).one()
    return row[0], float(row[1])
