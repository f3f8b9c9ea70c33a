"""One thread for all streams of a process: reads what is new and gives everybody their part."""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from gateway.auth.lookups import Lookups
from gateway.live import figures
from gateway.live.ears import Ears
from gateway.live.seeing import Batch, Viewer
from gateway.live.standing import Standings
from gateway.live.storage import Row, read_after
from gateway.live.stream import Stream
from libs.common.database.trouble import is_database_trouble
from libs.common.errors import Unavailable
from libs.common.web.taken import TakenSocket

_log = logging.getLogger(__name__)

POLL = 0.2  # seconds between looks for updates
CHECK = 2.0  # seconds between looks for who still may listen
UNCHECKED = 15.0  # seconds for which streams live on while nobody can be asked
MOST_PER_PERSON = 6
_READ = 2_000  # updates at once
_RETRY = 30  # seconds
_SAMPLES = 10  # of the delay, a batch


class Hub:
    """Runs only while there are streams, at most `most` of them. Safe between threads."""

    def __init__(
        self, lookups: Lookups, standings: Standings, clock: Callable[[], datetime], most: int
    ) -> None:
        self._lookups = lookups
        self._standings = standings
        self._clock = clock
        self._most = most
        self._lock = threading.Lock()
        self._places: Counter[UUID] = Counter()
        self._arriving: list[Stream] = []
        self._thread: threading.Thread | None = None
        self._ears: Ears | None = None
        self._is_stopping = False
        self._turned_at = time.monotonic()

    def reserve(self, person_id: UUID) -> None:
        """A place for one stream; raises Unavailable where there is none."""
        with self._lock:
            if self._is_stopping or self._places.total() >= self._most:
                raise _full("this process has all the live streams that it takes")
            if self._places[person_id] >= MOST_PER_PERSON:
                raise _full(f"one person may have {MOST_PER_PERSON} live streams")
            self._places[person_id] += 1
            figures.streams.set(self._places.total())

    def release(self, person_id: UUID) -> None:
        """Give a place back."""
        with self._lock:
            self._places[person_id] -= 1
            if self._places[person_id] <= 0:
                del self._places[person_id]
            figures.streams.set(self._places.total())

    def attach(self, stream: Stream, taken: TakenSocket) -> None:
        """Write to the stream from now on; its place is given back at its end."""
        stream.open(taken)
        with self._lock:
            self._arriving.append(stream)
            if self._thread is None and not self._is_stopping:
                self._turned_at = time.monotonic()
                self._ears = Ears()
                self._thread = threading.Thread(
                    target=self._run, args=(self._ears,), name="live", daemon=True
                )
                self._thread.start()
            if self._ears:
                self._ears.ring()

    def check(self) -> None:
        """A readiness check; raises RuntimeError if streams are open and nobody minds them."""
        if self._thread and (late := time.monotonic() - self._turned_at) > UNCHECKED:
            raise RuntimeError(f"streams have waited for {late:.0f} s")

    def stop(self) -> None:
        """End all streams; there will be no others."""
        with self._lock:
            self._is_stopping = True
            thread = self._thread
            if self._ears:
                self._ears.ring()
        if thread:
            thread.join(5)

    def _run(self, ears: Ears) -> None:
        round_ = _Round(self._lookups, self._standings, self._clock, ears, self.release)
        try:
            while self._goes_on(round_):
                round_.turn()
                self._turned_at = time.monotonic()
        except Exception:
            _log.exception("live updates have stopped")
            round_.end_all("failed")
            self._leave()
        finally:
            round_.forget_gone()
            ears.close()

    def _goes_on(self, round_: "_Round") -> bool:
        """Take in whoever has come; not if nobody listens. Then the next to come begins anew."""
        with self._lock:
            arrived, self._arriving = self._arriving, []
            if not (arrived or round_.streams):
                self._thread = self._ears = None
                return False
        for stream in arrived:
            round_.welcome(stream)
        if self._is_stopping:
            round_.end_all("stopping")
        return True

    def _leave(self) -> None:
        with self._lock:
            self._thread = self._ears = None
            arrived, self._arriving = self._arriving, []
        for stream in arrived:
            stream.socket.close()
            self.release(stream.person_id)


class _Round:
    """The thread's own: its streams, and what it does with them again and again."""

    def __init__(
        self,
        lookups: Lookups,
        standings: Standings,
        clock: Callable[[], datetime],
        ears: Ears,
        release: Callable[[UUID], None],
    ) -> None:
        self.streams: list[Stream] = []
        self._lookups = lookups
        self._standings = standings
        self._clock = clock
        self._ears = ears
        self._release = release
        self._position = 0
        self._checked_at = time.monotonic()

    def welcome(self, stream: Stream) -> None:
        """From now on it is one of ours. It may have read further than we, or less far."""
        self.streams.append(stream)
        self._ears.listen_to(stream)

    def turn(self) -> None:
        """One look at everything, and a pause."""
        due = time.monotonic() + POLL
        try:
            self._read_news()
            self._check_standings()
        except Exception as error:
            if not is_database_trouble(error):
                raise
            _log.warning("live updates wait for the database: %s", error)
        now = time.monotonic()
        if now - self._checked_at > UNCHECKED:
            self.end_all("unverified")
        for stream in self._present():
            stream.keep_alive(now)
        self.forget_gone()
        self._ears.wait(self.streams, due)

    def end_all(self, reason: str) -> None:
        """Nobody is told any more."""
        for stream in self._present():
            self._end(stream, reason)

    def forget_gone(self) -> None:
        """Give back the places of those who have left."""
        gone = [stream for stream in self.streams if stream.is_over]
        self.streams = self._present()
        for stream in gone:
            self._ears.forget(stream)
            stream.socket.close()
            self._release(stream.person_id)

    def _present(self) -> list[Stream]:
        return [stream for stream in self.streams if not stream.is_over]

    def _read_news(self) -> None:
        start = min((stream.position for stream in self.streams), default=self._position)
        rows = read_after(self._lookups, start, _READ)
        if not rows:
            return
        batch = Batch(rows)
        for stream in self._present():
            stream.tell(batch)
        self._measure([row for row in rows if row.id > self._position])
        self._position = batch.last_id

    def _measure(self, fresh: list[Row]) -> None:
        now = self._clock()
        figures.updates.inc(len(fresh))
        for row in fresh[:: max(len(fresh) // _SAMPLES, 1)]:
            figures.delay.observe(max((now - row.created_at).total_seconds(), 0))

    def _check_standings(self) -> None:
        """End whoever may not listen any more; the others listen with the rights of now."""
        if time.monotonic() - self._checked_at < CHECK:
            return
        present = self._present()
        standing = self._standings.check((one.holder for one in present), self._clock())
        self._checked_at = time.monotonic()
        for stream in present:
            caller = standing.get(stream.holder.caller.credential_id)
            if caller is None:
                self._end(stream, "session")
            elif not stream.holder.is_requester:
                stream.viewer = Viewer.of(caller.actor)

    def _end(self, stream: Stream, reason: str) -> None:
        figures.ended.labels(reason).inc()
        stream.end(reason)


def _full(message: str) -> Unavailable:
    return Unavailable("live.full", message, {"retry_after": _RETRY})
