"""Snapshots of several databases that fit one another, taken while everything is written."""

import os
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Connection, text

from libs.common.config import Config
from libs.common.database.engine import open_engine
from libs.common.ids import uuid7
from libs.common.operations import cut
from libs.common.operations.cut import NoQuietMoment, hold_cut
from libs.common.testing.databases import Databases
from libs.common.testing.eventually import eventually

_FACT = text("INSERT INTO facts (event_id) VALUES (:event_id)")
_EMIT = text("INSERT INTO outbox (event_id, type, body) VALUES (:event_id, 'x', '{}')")
_TAKE = text("DELETE FROM outbox RETURNING event_id")
_HANDLE = text("INSERT INTO inbox VALUES (:event_id, now()) ON CONFLICT DO NOTHING")
_SEEN = {
    "producer": text("SELECT event_id FROM facts"),
    "consumer": text("SELECT event_id FROM inbox"),
}


@pytest.fixture(scope="module")
def urls(databases: Databases) -> Iterator[dict[str, str]]:
    """A producer and a consumer, each with the probe's tables."""
    labels = {name: f"tidedesk_cut_{os.getpid()}_{name}" for name in ("producer", "consumer")}
    made = {
        name: Config.read({"DATABASE_URL": databases.create(label, ["probe"])}).database_url(
            "probe"
        )
        for name, label in labels.items()
    }
    with open_engine(made["producer"], application="test", pool_size=0).begin() as connection:
        connection.execute(text("CREATE TABLE facts (event_id uuid PRIMARY KEY)"))
    yield made
    for label in labels.values():
        databases.drop(label, ["probe"])


class Traffic:
    """Writers that emit, and a carrier that brings what they emit to the consumer."""

    def __init__(self, urls: dict[str, str]) -> None:
        self._engines = {
            name: open_engine(url, application="test", pool_size=4) for name, url in urls.items()
        }
        self._ended = threading.Event()
        self._threads = [
            threading.Thread(target=self._again, args=(work,))
            for work in (self._emit, self._emit, self._carry)
        ]
        self.carried = 0

    def __enter__(self) -> "Traffic":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()
        for engine in self._engines.values():
            engine.dispose()

    def wait_for(self, more: int) -> None:
        """Until so many more have been carried."""
        enough = self.carried + more
        eventually(lambda: self.carried >= enough, 20)

    def _again(self, work: Callable[[], None]) -> None:
        while not self._ended.is_set():
            work()

    def _emit(self) -> None:
        event = {"event_id": str(uuid7())}
        with self._engines["producer"].begin() as connection:
            connection.execute(_FACT, event)
            connection.execute(_EMIT, event)

    def _carry(self) -> None:
        # As the relay and a handler do it: deleted only after the other side has committed.
        with self._engines["producer"].begin() as producer:
            ids = [{"event_id": one} for one in producer.execute(_TAKE).scalars()]
            if ids:
                with self._engines["consumer"].begin() as consumer:
                    consumer.execute(_HANDLE, ids)
                self.carried += len(ids)


def seen_at(url: str, snapshot_id: str, query: object) -> set[str]:
    with open_engine(url, application="test", pool_size=0).connect() as connection:
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        connection.execute(text(f"SET TRANSACTION SNAPSHOT '{snapshot_id}'"))
        return set(connection.execute(query).scalars())  # type: ignore[call-overload]


def test_nobody_has_seen_what_nobody_has_said(
    urls: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The moments of the snapshots are apart, as those of far servers are.
    export = cut._export

    def export_slowly(reader: Connection) -> cut.Snapshot:
        snapshot = export(reader)
        time.sleep(0.03)
        return snapshot

    monkeypatch.setattr(cut, "_export", export_slowly)
    with Traffic(urls) as traffic:
        for _ in range(15):
            with hold_cut(urls) as snapshots:
                # Everybody goes on while the snapshots are read.
                traffic.wait_for(20)
                seen = {
                    name: seen_at(urls[name], snapshot.snapshot_id, _SEEN[name])
                    for name, snapshot in snapshots.items()
                }
            assert seen["consumer"] <= seen["producer"]
            assert seen["producer"], "nothing was written"


def test_it_does_not_hold_writers_up_for_somebody_who_never_ends(
    urls: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cut, "_ATTEMPTS", 2)
    engine = open_engine(urls["consumer"], application="test", pool_size=0)
    with engine.connect() as writer:
        writer.execute(_EMIT, {"event_id": str(uuid7())})
        with pytest.raises(NoQuietMoment), hold_cut(urls):
            pass
        assert _locks_of_tables(writer) == 1, "only the writer's own is left"


def _locks_of_tables(connection: Connection) -> int:
    found = connection.execute(
        text(
            "SELECT count(*) FROM pg_locks WHERE relation = 'outbox'::regclass AND database = "
            "(SELECT oid FROM pg_database WHERE datname = current_database())"
        )
    )
    return int(found.scalar_one())
