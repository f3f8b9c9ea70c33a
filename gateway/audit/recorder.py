"""Writes entries to the log's tail: durably before `write` returns, soon after `leave` does.

Entries of requests that run at once share one statement and one commit. What was left is never
dropped while the process lives: it waits out the database's troubles, and a graceful stop writes
it; after a kill an intent without an outcome stands as unknown.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from gateway.audit.entry import Entry
from libs.common.database.trouble import is_database_trouble
from libs.common.errors import Unavailable

_log = logging.getLogger(__name__)

Store = Callable[[list[Entry]], None]

_BATCH = 500
_CAPACITY = 20_000  # entries that may wait; beyond it nothing new is begun
_PATIENCE = 3.0  # seconds that a request waits for its entry
_PAUSE = 0.5  # seconds between attempts while the database is away
_GATHER = 0.02  # seconds that what nobody waits for may wait for company
_FAREWELL = 8.0  # seconds for what is left when the process stops


@dataclass(slots=True, eq=False)
class _Waiting:
    entry: Entry
    is_awaited: bool
    done: threading.Event | None = None
    error: Exception | None = None
    is_given_up: bool = field(default=False)


class Recorder:
    """One per process; its thread starts with the first entry."""

    def __init__(self, store: Store, *, capacity: int = _CAPACITY) -> None:
        self._store = store
        self._capacity = capacity
        self._waiting: deque[_Waiting] = deque()
        self._awaited = 0
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closing_by: float | None = None

    def write(self, *entries: Entry) -> None:
        """Return when they are durable; raises Unavailable if that cannot be had in time."""
        wanted = [_Waiting(entry, True, threading.Event()) for entry in entries]
        self._put(wanted)
        deadline = time.monotonic() + _PATIENCE
        for one in wanted:
            assert one.done is not None
            if not one.done.wait(max(deadline - time.monotonic(), 0)):
                one.is_given_up = True
                raise _unavailable()
            if one.error is not None:
                raise _unavailable() from one.error

    def leave(self, *entries: Entry) -> None:
        """Have them written soon."""
        self._put([_Waiting(entry, False) for entry in entries])

    def close(self) -> None:
        """Write what is left, and end."""
        with self._changed:
            self._closing_by = time.monotonic() + _FAREWELL
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _put(self, wanted: list[_Waiting]) -> None:
        with self._changed:
            if len(self._waiting) >= self._capacity and any(one.is_awaited for one in wanted):
                raise _unavailable()
            self._waiting.extend(wanted)
            self._awaited += sum(one.is_awaited for one in wanted)
            if self._thread is None:
                self._closing_by = None
                self._thread = threading.Thread(target=self._run, name="audit", daemon=True)
                self._thread.start()
            self._changed.notify()

    def _run(self) -> None:
        while batch := self._next_batch():
            self._write(batch)
            if self._is_late():
                break
        if self._waiting:
            _log.error("%d entries of the operation log were not written", len(self._waiting))

    def _next_batch(self) -> list[_Waiting]:
        """What waits, or nothing when it is time to end."""
        with self._changed:
            while not self._waiting and self._closing_by is None:
                self._changed.wait()
            # Outcomes wait a moment for the next intent: together they cost hardly more than one.
            self._changed.wait_for(self._is_pressing, _GATHER)
            taken = [self._waiting.popleft() for _ in range(min(len(self._waiting), _BATCH))]
            self._awaited -= sum(one.is_awaited for one in taken)
        return taken

    def _is_pressing(self) -> bool:
        return self._awaited > 0 or self._closing_by is not None or len(self._waiting) >= _BATCH

    def _is_late(self) -> bool:
        return self._closing_by is not None and time.monotonic() > self._closing_by

    def _write(self, batch: list[_Waiting]) -> None:
        wanted = [one for one in batch if not one.is_given_up]
        if not wanted:
            return
        try:
            self._store([one.entry for one in wanted])
        except Exception as error:
            self._cope(wanted, error)
        else:
            _tell(wanted, None)

    def _cope(self, batch: list[_Waiting], error: Exception) -> None:
        """Trouble: refuse those who wait, keep what was left. A bad entry: find it."""
        if is_database_trouble(error):
            _log.warning("the operation log cannot be written: %s", error)
            self._retry_later(batch, error)
        elif len(batch) > 1:
            for one in batch:
                self._write([one])
        else:
            _log.error("an entry of the operation log cannot be stored", exc_info=error)
            _tell(batch, error)

    def _retry_later(self, batch: list[_Waiting], error: Exception) -> None:
        _tell([one for one in batch if one.is_awaited], error)
        with self._changed:
            self._waiting.extendleft(reversed([one for one in batch if not one.is_awaited]))
            if self._closing_by is None:
                self._changed.wait(_PAUSE)
        if self._closing_by is not None:
            time.sleep(_PAUSE)


def _tell(batch: list[_Waiting], error: Exception | None) -> None:
    for one in batch:
        one.error = error
        if one.done is not None:
            one.done.set()


def _unavailable() -> Unavailable:
    return Unavailable("audit.unavailable", "the operation log cannot be written; nothing was done")
