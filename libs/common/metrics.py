"""The Prometheus metrics of the shared mechanisms; one registry and one port per process.

A process may run several services, hence the label `service` wherever one is meant. Label values
come from code (method and handler names, event types), never from input.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from prometheus_client import REGISTRY, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from libs.common.errors import DeskError

_FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_SLOW = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800)

_rpc = Histogram(
    "tidedesk_rpc_seconds", "RPC calls", ("service", "method", "outcome"), buckets=_FAST
)
_handler = Histogram(
    "tidedesk_handler_seconds",
    "Event handlers, timers and jobs",
    ("service", "handler", "outcome"),
    buckets=_FAST,
)
_handled = Counter(
    "tidedesk_handled_events_total",
    "Events taken from queues; outcome is new, duplicate or failed",
    ("service", "type", "outcome"),
)
_relayed = Counter(
    "tidedesk_relayed_events_total",
    "Outbox rows published; outcome is confirmed or unconfirmed (published again later)",
    ("service", "outcome"),
)
_outbox_rows = Gauge("tidedesk_outbox_rows", "Events to publish", ("service", "lane"))
_outbox_age = Gauge(
    "tidedesk_outbox_age_seconds", "Age of the oldest event to publish", ("service", "lane")
)
_failures = Gauge("tidedesk_inbox_failures", "Events whose handler failed", ("service", "parked"))
_queue_lag = Histogram(
    "tidedesk_queue_lag_seconds",
    "From an event's time to its handling",
    ("service", "queue"),
    buckets=_SLOW,
)
_gaps = Counter("tidedesk_sequence_gaps_total", "Events of a ticket missing for 30 s", ("service",))
_stopped = Counter(
    "tidedesk_stopped_chains_total", "Causation chains cut at 8 hops", ("service", "type")
)
_stale_sealed = Gauge(
    "tidedesk_stale_sealed_rows",
    "Rows that another key than the first has sealed; counted to 100,000",
    ("service", "table"),
)
_plain_texts = Gauge(
    "tidedesk_plain_text_rows",
    "Rows that TICKET_BODIES=sealed still has to seal; counted to 100,000",
    ("service", "table"),
)
_search_waiting = Gauge(
    "tidedesk_search_waiting_rows",
    "Changed things that search does not know yet; counted to 1,000",
    ("service",),
)
_search_lag = Gauge(
    "tidedesk_search_lag_seconds", "For how long the oldest of them has waited", ("service",)
)
_hub_lag = Gauge("tidedesk_hub_lag_seconds", "Longest recent delay of this process's hub")
_timers_due = Gauge("tidedesk_timers_due", "Timers whose time has come", ("service",))
_timers_late = Gauge(
    "tidedesk_timers_late_seconds", "By how much the oldest timer is late", ("service",)
)
_outbound = Histogram(
    "tidedesk_outbound_seconds",
    "HTTP requests to the outside",
    ("purpose", "outcome"),
    buckets=_SLOW,
)


def observe_rpc(service: str, method: str, outcome: str, seconds: float) -> None:
    """One call, measured where it is carried out; outcome is ok, refused or failed."""
    _rpc.labels(service, method, outcome).observe(seconds)


def observe_handler(service: str, handler: str, outcome: str, seconds: float) -> None:
    """One run of an event handler (a batch is one run), timer or job."""
    _handler.labels(service, handler, outcome).observe(seconds)


def observe_outbound(purpose: str, outcome: str, seconds: float) -> None:
    """One HTTP request to the outside, redirects included."""
    _outbound.labels(purpose, outcome).observe(seconds)


@dataclass
class Timing:
    """What the block may say of its outcome; set by `timed` if an error leaves it."""

    outcome: str = "ok"


@contextmanager
def timed_rpc(service: str, method: str) -> Iterator[Timing]:
    """`observe_rpc` around a block: a DeskError is refused, any other error failed."""
    started, timing = time.perf_counter(), Timing()
    try:
        with _outcome(timing):
            yield timing
    finally:
        observe_rpc(service, method, timing.outcome, time.perf_counter() - started)


@contextmanager
def timed_handler(service: str, handler: str) -> Iterator[Timing]:
    """`observe_handler` around a block: a DeskError is refused, any other error failed."""
    started, timing = time.perf_counter(), Timing()
    try:
        with _outcome(timing):
            yield timing
    finally:
        observe_handler(service, handler, timing.outcome, time.perf_counter() - started)


@contextmanager
def _outcome(timing: Timing) -> Iterator[None]:
    try:
        yield
    except DeskError:
        timing.outcome = "refused"
        raise
    except BaseException:
        timing.outcome = "failed"
        raise


def count_handled(service: str, type: str, outcome: str, amount: int = 1) -> None:
    """Events by what became of them: new, duplicate or failed."""
    _handled.labels(service, type, outcome).inc(amount)


def count_relayed(service: str, outcome: str, amount: int = 1) -> None:
    """Outbox rows by whether the broker confirmed them: confirmed or unconfirmed."""
    _relayed.labels(service, outcome).inc(amount)


def count_gap(service: str) -> None:
    """An event of a ticket that is missing for 30 s although later ones came."""
    _gaps.labels(service).inc()


def count_stopped_chain(service: str, type: str) -> None:
    """An event that was not handled because its chain has 8 hops."""
    _stopped.labels(service, type).inc()


def set_outbox(service: str, *, rows: int, age_seconds: float, lane: str = "normal") -> None:
    """Backlog of one lane; an empty one has the age 0."""
    _outbox_rows.labels(service, lane).set(rows)
    _outbox_age.labels(service, lane).set(age_seconds)


def set_inbox_failures(service: str, *, waiting: int, parked: int) -> None:
    """Failed events that will be tried again, and those that wait for a person."""
    _failures.labels(service, "no").set(waiting)
    _failures.labels(service, "yes").set(parked)


def observe_queue_lag(service: str, queue: str, seconds: float) -> None:
    """How old an event was when its handling began; clocks apart count as 0."""
    _queue_lag.labels(service, queue).observe(max(seconds, 0.0))


class _FieldKeys(Collector):
    """Asks for the keys when it is asked itself: an idle process looks at its key file too."""

    ids: Callable[[], Sequence[str]] = staticmethod(tuple)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """One sample a key."""
        keys = GaugeMetricFamily(
            "tidedesk_field_key",
            "Keys that this process holds: 1 is the one that encrypts, 0 another",
            labels=("key",),
        )
        for place, key_id in enumerate(self.ids()):
            keys.add_metric((key_id,), 0 if place else 1)
        yield keys


_field_keys = _FieldKeys()
REGISTRY.register(_field_keys)


def show_field_keys(ids: Callable[[], Sequence[str]]) -> None:
    """Where to ask for the ids of the ring's keys, the first of which encrypts."""
    _field_keys.ids = ids


def set_stale_sealed(service: str, table: str, rows: int) -> None:
    """What keeps the older keys from being removed."""
    _stale_sealed.labels(service, table).set(rows)


def set_plain_texts(service: str, table: str, rows: int) -> None:
    """What was written before texts were to be sealed."""
    _plain_texts.labels(service, table).set(rows)


def set_search_lag(service: str, *, rows: int, seconds: float) -> None:
    """How far search is behind what has been written."""
    _search_waiting.labels(service).set(rows)
    _search_lag.labels(service).set(seconds)


def set_hub_lag(seconds: float) -> None:
    """The longest delay of late (see `health.HubLag`)."""
    _hub_lag.set(seconds)


def set_timers(service: str, *, due: int, late_seconds: float) -> None:
    """Timers that should have been run by now; none is late by 0."""
    _timers_due.labels(service).set(due)
    _timers_late.labels(service).set(late_seconds)


class PoolState(Protocol):
    """What a pool of connections says of itself."""

    def checkedout(self) -> int: ...

    def checkedin(self) -> int: ...

    def size(self) -> int: ...


class _Pools(Collector):
    """Asks the pools when it is asked itself; several of one service count together."""

    def __init__(self) -> None:
        self.known: dict[Callable[[], PoolState | None], str] = {}

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Three samples a service."""
        connections = GaugeMetricFamily(
            "tidedesk_pool_connections",
            "Database connections; state is used or idle",
            labels=("service", "state"),
        )
        limits = GaugeMetricFamily(
            "tidedesk_pool_limit", "Database connections at most", labels=("service",)
        )
        for service, pools in self._standing().items():
            connections.add_metric((service, "used"), sum(one.checkedout() for one in pools))
            connections.add_metric((service, "idle"), sum(one.checkedin() for one in pools))
            limits.add_metric((service,), sum(one.size() for one in pools))
        yield connections
        yield limits

    def _standing(self) -> dict[str, list[PoolState]]:
        found: dict[str, list[PoolState]] = {}
        for ask, service in list(self.known.items()):
            if (pool := ask()) is None:
                self.known.pop(ask, None)
            else:
                found.setdefault(service, []).append(pool)
        return found


_pools = _Pools()
REGISTRY.register(_pools)


def show_pool(service: str, ask: Callable[[], PoolState | None]) -> None:
    """Where to ask for a service's pool; None once it is gone."""
    _pools.known[ask] = service
