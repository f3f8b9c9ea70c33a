"""Looks at all waiting lists now and then: time alone may free somebody."""

from prometheus_client import Gauge

from libs.common.clock import utc_now
from libs.common.database.unit_of_work import Database
from services.dispatch.storage.undecided import undecided
from services.dispatch.storage.waiting_rows import depth
from services.dispatch.storage.wakes import wake_everybody

_waiting = Gauge("tidedesk_waiting_tickets", "Tickets that wait for somebody")
_oldest = Gauge("tidedesk_waiting_age_seconds", "How long the first of them has waited")
_undecided = Gauge(
    "tidedesk_undecided_tickets", "Waiting tickets of groups that nobody has looked at since woken"
)
_undecided_age = Gauge(
    "tidedesk_undecided_age_seconds", "How long the first of these groups has been awake"
)


def sweep(database: Database) -> None:
    """Wake each group where something waits that a rule may decide."""
    with database.begin() as uow:
        wake_everybody(uow.session)
        uow.commit()


def measure_waiting(database: Database) -> None:
    """For operators what waits, for autoscaling what is undecided, and for how long."""
    with database.begin(read_only=True) as uow:
        count, since = depth(uow.session)
        tickets, age = undecided(uow.session)
    _waiting.set(count)
    _oldest.set((utc_now() - since).total_seconds() if since else 0)
    _undecided.set(tickets)
    _undecided_age.set(age)
