"""What the operation log can take, through the product's own recorder and database."""

import threading
import time
from dataclasses import dataclass

from sqlalchemy import make_url

from gateway.audit.entry import Who, follow_up, make_entry
from gateway.audit.recorder import Recorder
from gateway.audit.tail import writer
from gateway.auth.lookups import Lookups
from libs.common.clock import utc_now
from libs.common.ids import uuid7

_THREADS = 8
_WHO = Who("system", login="bench", name="bench")


@dataclass(frozen=True)
class LogResult:
    """Entries a second, and how long an action waited for its intent (ms)."""

    rate: float
    p50: float
    p95: float
    p99: float


def measure_log(database_url: str, seconds: float) -> LogResult:
    """Threads that record actions one after the other: an intent each, and an outcome."""
    lookups = Lookups(make_url(database_url), pool_size=2)
    recorder = Recorder(writer(lookups))
    waits: list[list[float]] = [[] for _ in range(_THREADS)]
    started = time.perf_counter()
    threads = [
        threading.Thread(target=_act, args=(recorder, own, started + seconds)) for own in waits
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    recorder.close()
    took = time.perf_counter() - started
    lookups.close()
    every = sorted(wait for own in waits for wait in own)
    at = [every[int(len(every) * share)] * 1000 for share in (0.5, 0.95, 0.99)]
    return LogResult(2 * len(every) / took, *at)


def _act(recorder: Recorder, waits: list[float], until: float) -> None:
    while (begun := time.perf_counter()) < until:
        facts = {"address": "127.0.0.1", "user_agent": "bench", "request_id": uuid7().hex}
        intent = make_entry("intent", "ping_gateway", _WHO, utc_now(), **facts)
        recorder.write(intent)
        waits.append(time.perf_counter() - begun)
        done = {"status": 204, "outcome": "done"}
        recorder.leave(follow_up(intent, "outcome", utc_now(), done))
