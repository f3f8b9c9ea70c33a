"""Moves entries from the tail into the log: in order, numbered, chained, sealed; in batches.

One at a time does it, whoever holds the lock; a batch is one transaction, so that a death leaves
it either done or still to be done. An entry that commits after younger ones is in a later batch.
"""

import logging
from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, text

from gateway.audit.chain import (
    CANONICAL_COLUMNS,
    GENESIS,
    SEAL_COLUMNS,
    Seal,
    entry_hash,
    read_seal,
    sign,
)
from gateway.audit.entry import FIELDS
from gateway.audit.settings import SealKeys
from libs.common.crash_points import crash_point
from libs.common.database.unit_of_work import Database

_log = logging.getLogger(__name__)

BATCH = 1000

_LOCK = text("SELECT pg_try_advisory_xact_lock(hashtext('gateway.audit.sealer'))")
_WAITING = text(
    f"SELECT {CANONICAL_COLUMNS} FROM audit_tail ORDER BY occurred_at, entry_id LIMIT :batch"
)
_LAST = text(f"SELECT {SEAL_COLUMNS} FROM audit_seals ORDER BY number DESC LIMIT 1")
# Never before the last one's: a month's partition holds an unbroken row of positions.
_NOW = text(
    "SELECT greatest((extract(epoch FROM now()) * 1000000)::bigint, CAST(:least AS bigint))"
)
# An insert whose answer was lost was repeated, perhaps after the first had been sealed.
_REPEATED = text(
    "SELECT entry_id::text FROM audit_entries WHERE entry_id = ANY(CAST(:ids AS uuid[]))"
    " AND sealed_at > now() - interval '2 days'"
)
_MOVE = text(
    f"INSERT INTO audit_entries ({', '.join(FIELDS)}, position, entry_hash, sealed_at) "
    f"SELECT {', '.join(f't.{name}' for name in FIELDS)}, l.position, decode(l.hash, 'hex'), "
    "timestamptz 'epoch' + :sealed_at * interval '1 microsecond' "
    "FROM json_to_recordset(CAST(:links AS json)) AS l(entry_id uuid, position bigint, hash text) "
    "JOIN audit_tail t USING (entry_id) ORDER BY l.position"
)
_REMOVE = text("DELETE FROM audit_tail WHERE entry_id = ANY(CAST(:ids AS uuid[]))")
_SEAL = text(
    "INSERT INTO audit_seals (number, first_position, last_position, count, digest, "
    "previous_hmac, hmac, key_id, sealed_at) VALUES (:number, :first_position, :last_position, "
    ":count, :digest, :previous_hmac, :hmac, :key_id, "
    "timestamptz 'epoch' + :sealed_at * interval '1 microsecond')"
)
_NOTE_ACTORS = text(
    "INSERT INTO audit_actors SELECT DISTINCT actor_login, coalesce(actor_name, '') "
    "FROM audit_entries WHERE entry_id = ANY(CAST(:ids AS uuid[])) "
    "AND sealed_at = timestamptz 'epoch' + :sealed_at * interval '1 microsecond' "
    "AND actor_id IS NOT NULL AND actor_login IS NOT NULL ON CONFLICT DO NOTHING"
)

Row = Sequence[Any]


def seal_batch(database: Database, keys: SealKeys) -> bool:
    """Seal what waits, at most BATCH entries; true if more may be waiting."""
    with database.begin() as uow:
        connection = uow.session.connection()
        if not connection.execute(_LOCK).scalar():
            return False
        rows = connection.execute(_WAITING, {"batch": BATCH}).all()
        if not rows:
            return False
        _seal_rows(connection, keys, rows)
        crash_point("before_seal_commit")
        uow.commit()
    crash_point("after_seal_commit")
    return len(rows) == BATCH


def last_seal(connection: Connection) -> Seal | None:
    """The newest."""
    found = connection.execute(_LAST).one_or_none()
    return read_seal(found) if found else None


def _seal_rows(connection: Connection, keys: SealKeys, rows: Sequence[Row]) -> None:
    ids = [row[0] for row in rows]
    repeated = set(connection.execute(_REPEATED, {"ids": ids}).scalars())
    if fresh := [row for row in rows if row[0] not in repeated]:
        _append(connection, keys, fresh)
    connection.execute(_REMOVE, {"ids": ids})


def _append(connection: Connection, keys: SealKeys, rows: Sequence[Row]) -> None:
    last = last_seal(connection)
    position, link = (last.last_position, last.digest) if last else (0, GENESIS)
    first, links = position + 1, []
    for row in rows:
        position += 1
        link = entry_hash(link, position, row)
        links.append({"entry_id": row[0], "position": position, "hash": link.hex()})
    seal = Seal(
        number=last.number + 1 if last else 1,
        first_position=first,
        last_position=position,
        count=len(rows),
        digest=link,
        previous_hmac=last.hmac if last else GENESIS,
        sealed_at=connection.execute(_NOW, {"least": last.sealed_at if last else 0}).scalar_one(),
        key_id=keys.newest_id,
    )
    _write(connection, seal, links, sign(seal, keys.keys[0]))


def _write(
    connection: Connection, seal: Seal, links: list[dict[str, Any]], signature: bytes
) -> None:
    at = {"sealed_at": seal.sealed_at}
    moved = connection.execute(_MOVE, {"links": orjson.dumps(links).decode(), **at})
    if moved.rowcount != seal.count:
        raise RuntimeError(f"sealed {moved.rowcount} entries instead of {seal.count}")
    names = ("number", "first_position", "last_position", "count", "digest", "previous_hmac")
    facts = {name: getattr(seal, name) for name in (*names, "key_id", "sealed_at")}
    connection.execute(_SEAL, {**facts, "hmac": signature})
    connection.execute(_NOTE_ACTORS, {"ids": [link["entry_id"] for link in links], **at})
