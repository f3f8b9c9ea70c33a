"""The way out for mail: a few connections at once, fed by the job and never waited for.

Plain threads, which are greenlets in a green process. A server that is away or hangs stops the
claims, not the process; a mail that hangs holds one connection, not the others.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from libs.common import metrics
from services.notify.clients.smtp import Connection, Delayed, MailServer, Refused, Unreachable
from services.notify.storage.deliveries import Delivery, Lease

_log = logging.getLogger(__name__)

LANES = 8
_PLACES = 64  # parcels taken at once, waiting ones included: a claim of many costs hardly more
_FULL = 32  # outcomes that are worth a commit without waiting for more
_LONGEST_PAUSE = 15.0  # seconds without a probe of a server that is away


@dataclass(frozen=True)
class Parcel:
    """A mail to hand over before `deadline` (monotonic seconds); later its lease may run out."""

    delivery: Delivery
    lease: Lease
    sender: str
    recipient: str
    write: Callable[[], Iterable[bytes]] = field(repr=False)
    deadline: float


@dataclass(frozen=True)
class Outcome:
    """What became of a parcel: sent, refused for ever, or to be tried again; `reason` says why."""

    parcel: Parcel
    is_sent: bool = False
    is_final: bool = False
    reason: str = ""


class Post:
    """Carries parcels and keeps their outcomes until the job has committed them."""

    def __init__(self, server: MailServer, lanes: int = LANES) -> None:
        self._server = server
        self._lanes = lanes
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._waiting: deque[Parcel] = deque()
        self._carrying: dict[int, tuple[Parcel, Connection | None]] = {}
        self._outcomes: list[Outcome] = []
        self._idle: list[Connection] = []
        self._failures = 0
        self._resume_at = 0.0
        self._trouble = ""

    def room(self) -> int:
        """How many parcels it takes now: none while the server is away, then one to try."""
        with self._lock:
            under_way = len(self._waiting) + len(self._carrying)
            if self._failures:
                return int(under_way == 0 and time.monotonic() >= self._resume_at)
            free = _PLACES - under_way
            return free if free >= _PLACES // 2 else 0

    def take(self, parcels: Sequence[Parcel]) -> None:
        """Begin to carry them; returns at once."""
        with self._lock:
            self._waiting.extend(parcels)
            for lane in range(self._lanes):
                if lane not in self._carrying and self._waiting:
                    self._carrying[lane] = (self._waiting.popleft(), None)
                    threading.Thread(target=self._run, args=(lane,), daemon=True).start()

    def outcomes(self, wait: float) -> list[Outcome]:
        """What is done and not yet forgotten.

        Waits up to `wait` seconds for more while connections are busy, so that many share a commit.
        """
        self._cut_overdue()
        until = time.monotonic() + wait
        with self._changed:
            while self._carrying and len(self._outcomes) < _FULL and time.monotonic() < until:
                self._changed.wait(until - time.monotonic())
            return list(self._outcomes)

    def forget(self, outcomes: Sequence[Outcome]) -> None:
        """They are committed."""
        known = {id(outcome) for outcome in outcomes}
        with self._lock:
            self._outcomes = [one for one in self._outcomes if id(one) not in known]

    def is_busy(self) -> bool:
        """Whether anything is under way or not yet forgotten."""
        with self._lock:
            return bool(self._waiting or self._carrying or self._outcomes)

    def close(self) -> None:
        """End the idle connections."""
        while (connection := self._reuse()) is not None:
            connection.close()

    def _run(self, lane: int) -> None:
        parcel: Parcel | None = self._carrying[lane][0]
        while parcel is not None:
            outcome = self._carry(lane, parcel)
            with self._changed:
                self._outcomes.append(outcome)
                parcel = self._waiting.popleft() if self._waiting else None
                if parcel is None:
                    del self._carrying[lane]
                else:
                    self._carrying[lane] = (parcel, None)
                self._changed.notify_all()

    def _carry(self, lane: int, parcel: Parcel) -> Outcome:
        started = time.perf_counter()
        try:
            self._hand_over(lane, parcel)
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
            _log.exception("delivery %s cannot be written", parcel.delivery.delivery_id)
            word, outcome = "failed", Outcome(parcel, reason=f"{type(error).__name__}: {error}")
        metrics.observe_outbound("smtp", word, time.perf_counter() - started)
        return outcome

    def _hand_over(self, lane: int, parcel: Parcel) -> None:
        connection = self._usable_connection()
        self._carrying[lane] = (parcel, connection)
        try:
            if time.monotonic() >= parcel.deadline:
                raise Delayed("not begun in time")
            connection.send(parcel.sender, parcel.recipient, parcel.write())
        finally:
            with self._lock:
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
            overdue = [c for parcel, c in self._carrying.values() if c and now >= parcel.deadline]
        for connection in overdue:
            connection.cut()
