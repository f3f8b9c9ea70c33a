"""What notify tells webhooks: every public event, beside what it makes of events itself."""

from collections.abc import Sequence

from libs.common.bus.subscribe import subscribe
from libs.common.clock import utc_now
from libs.common.contracts.catalogue import event_types
from libs.common.contracts.envelope import Event
from libs.common.database.unit_of_work import UnitOfWork
from services.notify.use_cases.feed_webhooks import feed_webhooks


class WebhookEvents:
    """A part of the service's event handlers."""

    @subscribe(*(one.schema for one in event_types()), batch=True, beside=True)
    def feed_webhooks(self, uow: UnitOfWork, events: Sequence[Event]) -> None:
        """Queue what somebody outside wants to hear."""
        feed_webhooks(uow, events, utc_now())
