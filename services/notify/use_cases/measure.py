"""Tells operators and autoscaling what waits to be sent."""

from prometheus_client import Gauge

from libs.common.database.unit_of_work import Database
from services.notify.storage.backlog import late_deliveries

_waiting = Gauge(
    "tidedesk_deliveries_waiting", "Deliveries whose time to be sent has come", ("channel",)
)
_late = Gauge("tidedesk_deliveries_late_seconds", "How late the first of them is", ("channel",))
_known: set[str] = set()


def measure_deliveries(database: Database) -> None:
    """A channel that was behind and is not any more is told as 0."""
    with database.begin(read_only=True) as uow:
        late = late_deliveries(uow.session)
    _known.update(late)
    for channel in _known:
        count, seconds = late.get(channel, (0, 0.0))
        _waiting.labels(channel).set(count)
        _late.labels(channel).set(seconds)
