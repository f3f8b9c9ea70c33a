"""What notify does for webhooks by itself."""

from libs.common.bus.every import every
from libs.common.bus.housekeeping import Housekeeping
from libs.common.clock import utc_now
from services.notify.domain.retention import months_before
from services.notify.service.provide import SettingsProvider
from services.notify.service.provide_channels import WebhookRoomProvider
from services.notify.storage.webhook_log import drop_months
from services.notify.use_cases.deliver_webhooks import deliver_webhooks


class WebhookJobs(Housekeeping):
    """A part of the service's jobs."""

    settings = SettingsProvider()
    webhook_room = WebhookRoomProvider()

    @every(0.2)
    def deliver_webhooks(self) -> bool:
        """Hand due events to their receivers."""
        return deliver_webhooks(self.database, self.webhook_room, utc_now())

    @every(3600)
    def forget_webhook_deliveries(self) -> None:
        """What was told months ago."""
        before = months_before(utc_now(), self.settings.webhook_months)
        with self.database.begin() as uow:
            drop_months(uow.session, before)
            uow.commit()
