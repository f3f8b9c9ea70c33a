"""Who is running: each process of an owner says so in the owner's database, every few seconds."""

import logging
import os
import socket
import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Engine, text

from libs.common.ids import uuid7

_log = logging.getLogger(__name__)

EVERY = 10.0  # seconds between two signs of life
MISSED = timedelta(seconds=35)  # without one: it hangs, or is gone
_FORGOTTEN = timedelta(hours=1)
_NAME = 200  # characters

_TABLE = """
CREATE TABLE processes (
    process_id uuid PRIMARY KEY,
    roles text[] NOT NULL,
    host text NOT NULL,
    pid integer NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    beat_at timestamptz NOT NULL DEFAULT now(),
    hub_lag_seconds real NOT NULL DEFAULT 0
);
"""
_BEAT = text(
    "INSERT INTO processes (process_id, roles, host, pid, hub_lag_seconds) "
    "VALUES (:process_id, :roles, :host, :pid, :lag) ON CONFLICT (process_id) "
    "DO UPDATE SET beat_at = now(), hub_lag_seconds = excluded.hub_lag_seconds"
)
_BRIEFLY = text("SELECT set_config('statement_timeout', '5s', true)")
_FORGET = text("DELETE FROM processes WHERE beat_at < now() - :age")
_LEAVE = text("DELETE FROM processes WHERE process_id = :process_id")
_LIST = text(
    "SELECT roles, host, pid, started_at, beat_at, hub_lag_seconds, "
    " beat_at > now() - :missed AS is_alive FROM processes ORDER BY roles, host, pid"
)


def create_process_table(op: Any) -> None:
    """Called by one migration of each owner with alembic's `op`."""
    op.execute(_TABLE)


def list_processes(connection: Connection) -> list[dict[str, Any]]:
    """All that were heard of within the hour; `is_alive` is false for who has gone silent."""
    found = connection.execute(_LIST, {"missed": MISSED}).mappings()
    return [
        {
            **row,
            "started_at": row["started_at"].isoformat(),
            "beat_at": row["beat_at"].isoformat(),
            "hub_lag_seconds": round(row["hub_lag_seconds"], 3),
        }
        for row in found
    ]


class RollCall:
    """Answers for this process from `start` to `stop`, in a thread (a greenlet where patched)."""

    def __init__(
        self,
        engines: Iterable[Engine],
        roles: Sequence[str],
        lag: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self._engines = list(engines)
        self._roles = sorted(roles)
        self._lag = lag
        self._process_id = uuid7()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> "RollCall":
        """Say at once that we are here, and again and again."""
        self._thread = threading.Thread(target=self._run, name="roll call", daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Say good-bye; who dies without is found silent."""
        self._stopped.set()
        for engine in self._engines:
            _tell(engine, lambda connection: connection.execute(_LEAVE, self._own))

    @property
    def _own(self) -> dict[str, Any]:
        return {"process_id": self._process_id}

    def _run(self) -> None:
        while not self._stopped.is_set():
            for engine in self._engines:
                _tell(engine, self._beat)
            self._stopped.wait(EVERY)

    def _beat(self, connection: Connection) -> None:
        sign = {
            **self._own,
            "roles": self._roles,
            "host": socket.gethostname()[:_NAME],
            "pid": os.getpid(),
            "lag": self._lag(),
        }
        connection.execute(_BEAT, sign)
        connection.execute(_FORGET, {"age": _FORGOTTEN})


def _tell(engine: Engine, word: Callable[[Connection], object]) -> None:
    try:
        with engine.begin() as connection:
            connection.execute(_BRIEFLY)
            word(connection)
    except Exception as error:  # a sign of life is not worth a process
        _log.debug("no sign of life: %s", error)
