"""Looks at all waiting lists now and then: time alone may free somebody."""

from prometheus_client import Gauge

from libs.common.clock import utc_now
from libs.common.database.unit_of_work import Database
from services.dispatch.storage.waiting_rows import depth
from services.dispatch.storage.wakes import wake_everybody

_waiting = Gauge("tidedesk_waiting_tickets", "Tickets that wait for somebody")
_oldest = Gauge("tidedesk_waiting_age_seconds", "How long the first of them has waited")


def sweep(database: Database) -> None:
    """Wake each group where something waits that a rule may decide."""
    with database.begin() as uow:
        wake_everybody(uow.session)
        uow.commit()


def measure_waiting(database: Database) -> None:
    """For autoscaling: what is undecided, and for how long."""
    with database.begin(read_only=True) as uow:
        count, since = depth(uow.session)
    _waiting.set(count)
    _oldest.set((utc_now() - since).total_seconds() if since else 0)
