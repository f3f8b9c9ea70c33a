"""Waiting for ticket numbers: one thread asks the database on behalf of all requests that wait."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from services.intake.storage.arrivals import ReceiptStatus

_log = logging.getLogger(__name__)

_PAUSE = 0.05  # seconds between looks


@dataclass
class _Waiter:
    arrived: threading.Event = field(default_factory=threading.Event)
    status: ReceiptStatus | None = None


class NumberWait:
    """Holds at most `places` requests back; whoever finds no place does not wait at all."""

    def __init__(
        self, look_up: Callable[[Sequence[UUID]], list[ReceiptStatus]], places: int
    ) -> None:
        self._look_up = look_up
        self._places = threading.BoundedSemaphore(places)
        self._waiters: dict[UUID, list[_Waiter]] = {}
        self._lock = threading.Lock()
        self._someone = threading.Event()
        self._thread: threading.Thread | None = None

    def wait(self, status: ReceiptStatus, seconds: float) -> ReceiptStatus:
        """The receipt once it is settled, or as it was after `seconds` or without a place."""
        if status.is_settled or not self._places.acquire(blocking=False):
            return status
        waiter = _Waiter()
        try:
            self._add(status.receipt_id, waiter)
            waiter.arrived.wait(seconds)
            return waiter.status or status
        finally:
            self._remove(status.receipt_id, waiter)
            self._places.release()

    def _add(self, receipt_id: UUID, waiter: _Waiter) -> None:
        with self._lock:
            self._waiters.setdefault(receipt_id, []).append(waiter)
            if self._thread is None:
                # Not before the first request: the server forks its workers after the app is made.
                self._thread = threading.Thread(target=self._run, name="numbers", daemon=True)
                self._thread.start()
        self._someone.set()

    def _remove(self, receipt_id: UUID, waiter: _Waiter) -> None:
        with self._lock:
            waiters = self._waiters[receipt_id]
            waiters.remove(waiter)
            if not waiters:
                del self._waiters[receipt_id]

    def _run(self) -> None:
        pause = threading.Event()
        while True:
            self._someone.wait()
            pause.wait(_PAUSE)
            with self._lock:
                wanted = list(self._waiters)
                if not wanted:
                    self._someone.clear()
                    continue
            try:
                self._hand_out(self._look_up(wanted))
            except Exception as error:
                # Nobody is harmed: the requests end with their time, without a number.
                _log.warning("looking for numbers: %s", error)

    def _hand_out(self, statuses: list[ReceiptStatus]) -> None:
        with self._lock:
            for status in statuses:
                if status.is_settled:
                    for waiter in self._waiters.get(status.receipt_id, ()):
                        waiter.status = status
                        waiter.arrived.set()
