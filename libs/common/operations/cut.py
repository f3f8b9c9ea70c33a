"""One moment in all databases: what each shows there fits what the others show.

Events go from one database to another, by the outbox and the broker. While no outbox can be written
there is no event in the making; snapshots taken meanwhile hold every event that any of them has
seen the effect of. What has left an outbox and reached nobody is in the log of sent events.
"""

import random
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from libs.common.database.engine import open_engine

# Writers wait while we wait for one who writes: rather often and briefly.
_WAIT = "400ms"
_ATTEMPTS = 100
_LOCK_NOT_AVAILABLE = "55P03"
_SNAPSHOT = text("SELECT pg_export_snapshot(), now(), (SELECT version_num FROM alembic_version)")


class NoQuietMoment(Exception):
    """Somebody was always writing."""


@dataclass(frozen=True)
class Snapshot:
    """An owner's database at the cut, for as long as the cut is held."""

    snapshot_id: str
    taken_at: datetime
    revision: str


@contextmanager
def hold_cut(urls: Mapping[str, str]) -> Iterator[dict[str, Snapshot]]:
    """Snapshots by owner, good until the block ends. Raises NoQuietMoment.

    Writers are held up for the time that taking the snapshots takes: some ten milliseconds.
    """
    with ExitStack() as held:
        readers = {owner: held.enter_context(_connection(url)) for owner, url in urls.items()}
        for reader in readers.values():
            reader.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
        with _outboxes_locked(urls):
            snapshots = {owner: _export(reader) for owner, reader in readers.items()}
        yield snapshots


@contextmanager
def _outboxes_locked(urls: Mapping[str, str]) -> Iterator[None]:
    for attempt in range(_ATTEMPTS):
        with ExitStack() as held:
            writers = [held.enter_context(_connection(urls[owner])) for owner in sorted(urls)]
            if all(_lock(writer) for writer in writers):
                yield
                return
        time.sleep(random.uniform(0.05, 0.2) * min(attempt + 1, 5))
    raise NoQuietMoment("the outboxes were written all the time; try again when there is less work")


def _lock(connection: Connection) -> bool:
    try:
        connection.execute(text(f"SET LOCAL lock_timeout = '{_WAIT}'"))
        connection.execute(text("LOCK TABLE outbox IN SHARE MODE"))
    except DBAPIError as error:
        if getattr(error.orig, "pgcode", None) == _LOCK_NOT_AVAILABLE:
            return False
        raise
    return True


def _export(connection: Connection) -> Snapshot:
    snapshot_id, taken_at, revision = connection.execute(_SNAPSHOT).one()
    return Snapshot(snapshot_id, taken_at, revision)


@contextmanager
def _connection(url: str) -> Iterator[Connection]:
    engine = open_engine(url, application="tidedesk-backup", pool_size=0)
    with engine.connect() as connection:
        yield connection
