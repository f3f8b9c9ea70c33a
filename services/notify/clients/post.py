"""The way out for mail: a few connections at once, each good for many mails.

A server that is away or hangs stops the claims, not the process; a mail that hangs holds one
connection, not the others.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from libs.common import metrics
from services.notify.clients.lanes import Lanes, Outcome
from services.notify.clients.smtp import Connection, Delayed, MailServer, Refused, Unreachable
from services.notify.storage.leases import Lease

Sent = TypeVar("Sent")

_log = logging.getLogger(__name__)

LANES = 8
_PLACES = 64  # parcels taken at once, waiting ones included: a claim of many costs hardly more
_LONGEST_PAUSE = 15.0  # seconds without a probe of a server that is away


@dataclass(frozen=True)
class Parcel(Generic[Sent]):
    """A mail to hand over before `deadline` (monotonic seconds); later its lease may run out."""

    delivery: Sent
    lease: Lease
    sender: str
    recipient: str
    write: Callable[[], Iterable[bytes]] = field(repr=False)
    deadline: float


class Post(Lanes[Parcel[Sent]]):
    """Carries parcels."""

    def __init__(self, server: MailServer, lanes: int = LANES) -> None:
        super().__init__(lanes)
        self._server = server
        self._lock = threading.Lock()
        self._sending: dict[int, tuple[Parcel[Sent], Connection]] = {}
        self._idle: list[Connection] = []
        self._failures = 0
        self._resume_at = 0.0
        self._trouble = ""

    def room(self) -> int:
        """How many parcels it takes now: none while the server is away, then one to try."""
        under_way = self.under_way()
        if self._failures:
            return int(under_way == 0 and time.monotonic() >= self._resume_at)
        free = _PLACES - under_way
        return free if free >= _PLACES // 2 else 0

    def outcomes(self, wait: float) -> list[Outcome[Parcel[Sent]]]:
        """As of all lanes; first cuts off what hangs beyond its deadline."""
        self._cut_overdue()
        return super().outcomes(wait)

    def close(self) -> None:
        """End the idle connections."""
        while (connection := self._reuse()) is not None:
            connection.close()

    def carry(self, parcel: Parcel[Sent]) -> Outcome[Parcel[Sent]]:
        """Over a connection that is open already, if there is one."""
        started = time.perf_counter()
        try:
            self._hand_over(parcel)
            word, outcome = "sent", Outcome(parcel, is_sent=True)
        except Refused as refusal:
            word, outcome = "refused", Outcome(parcel, is_final=True, reason=str(refusal))
        except Delayed as delay:
            word, outcome = "delayed", Outcome(parcel, reason=str(delay))
        except Unreachable as trouble:
            self._note_trouble(trouble)
            word, outcome = "unreachable", Outcome(parcel, reason=str(trouble))
        except Exception as error:
            # A fault of ours or of the blob store: a later release or hour may do better.
            _log.exception("delivery %s cannot be written", parcel.lease.leased_id)
            word, outcome = "failed", Outcome(parcel, reason=f"{type(error).__name__}: {error}")
        metrics.observe_outbound("smtp", word, time.perf_counter() - started)
        return outcome

    def _hand_over(self, parcel: Parcel[Sent]) -> None:
        connection = self._usable_connection()
        with self._lock:
            self._sending[id(parcel)] = (parcel, connection)
        try:
            if time.monotonic() >= parcel.deadline:
                raise Delayed("not begun in time")
            connection.send(parcel.sender, parcel.recipient, parcel.write())
        finally:
            with self._lock:
                del self._sending[id(parcel)]
                self._idle.append(connection)

    def _usable_connection(self) -> Connection:
        while (connection := self._reuse()) is not None:
            if connection.is_usable():
                self._failures = 0
                return connection
            connection.close()
        if time.monotonic() < self._resume_at:
            raise Unreachable(self._trouble)
        connection = self._server.connect()
        self._failures = 0
        return connection

    def _reuse(self) -> Connection | None:
        with self._lock:
            return self._idle.pop() if self._idle else None

    def _note_trouble(self, trouble: Unreachable) -> None:
        with self._lock:
            if time.monotonic() < self._resume_at:
                return  # another connection of the same wave has said so
            self._failures += 1
            self._trouble = str(trouble)
            pause = min(0.5 * 2 ** min(self._failures, 10), _LONGEST_PAUSE)
            self._resume_at = time.monotonic() + pause
        _log.warning("the mail server is away, next try in %.0f s: %s", pause, trouble)

    def _cut_overdue(self) -> None:
        with self._lock:
            now = time.monotonic()
            overdue = [one for parcel, one in self._sending.values() if now >= parcel.deadline]
        for connection in overdue:
            connection.cut()
