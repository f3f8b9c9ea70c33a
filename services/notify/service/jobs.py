"""What notify does by itself."""

from libs.common.bus.every import every
from libs.common.bus.relay import Relay
from libs.common.clock import utc_now
from services.notify.domain.rules import DINGTALK_ROBOT, SMS, WECOM_APP, WECOM_ROBOT
from services.notify.service.provide import (
    CodeRoomProvider,
    DeskProvider,
    MailRoomProvider,
    MessageRoomProvider,
    SettingsProvider,
)
from services.notify.service.webhook_jobs import WebhookJobs
from services.notify.storage.sealed_columns import SEALED
from services.notify.use_cases.forget import (
    forget_deliveries,
    forget_notices,
    forget_promises,
    tidy_codes,
)
from services.notify.use_cases.hand_over_codes import hand_over_codes
from services.notify.use_cases.measure import measure_deliveries
from services.notify.use_cases.send_mails import send_mails
from services.notify.use_cases.send_messages import send_messages
from services.notify.use_cases.send_surveys import (
    expire_surveys,
    note_sent_surveys,
    send_surveys,
)


class Service(WebhookJobs):
    """Jobs of notify."""

    name = "notify"
    sealed = SEALED
    relay = Relay()
    room = MailRoomProvider()
    messages = MessageRoomProvider()
    code_room = CodeRoomProvider()
    settings = SettingsProvider()
    desk = DeskProvider()

    @every(0.1)
    def send_mails(self) -> bool:
        """Hand due mails to the mail server."""
        return send_mails(self.database, self.room, utc_now())

    @every(0.5)
    def send_texts(self) -> bool:
        """Hand due SMS to their provider."""
        return send_messages(self.database, self.messages, SMS, utc_now())

    @every(1)
    def send_to_wecom(self) -> bool:
        """Hand due messages to WeCom's application."""
        return send_messages(self.database, self.messages, WECOM_APP, utc_now())

    @every(1)
    def send_to_dingtalk_robots(self) -> bool:
        """Hand due messages to DingTalk's robots."""
        return send_messages(self.database, self.messages, DINGTALK_ROBOT, utc_now())

    @every(1)
    def send_to_wecom_robots(self) -> bool:
        """Hand due messages to WeCom's robots."""
        return send_messages(self.database, self.messages, WECOM_ROBOT, utc_now())

    @every(0.2)
    def hand_over_codes(self) -> bool:
        """Send due codes, past all mails."""
        return hand_over_codes(self.database, self.code_room, utc_now())

    @every(60)
    def tidy_codes(self) -> bool:
        """Codes out of date."""
        return tidy_codes(self.database, utc_now())

    @every(3600)
    def forget_promises(self) -> bool:
        """Promises of long ago."""
        return forget_promises(self.database, utc_now())

    @every(3600)
    def forget_notices(self) -> bool:
        """Notices that were read long ago."""
        return forget_notices(self.database, utc_now())

    @every(3600)
    def forget_deliveries(self) -> None:
        """Deliveries of years ago."""
        forget_deliveries(self.database, utc_now(), self.settings.keep_months)

    @every(10)
    def measure_deliveries(self) -> None:
        """What should have been sent by now."""
        measure_deliveries(self.database)

    @every(1)
    def send_surveys(self) -> bool:
        """Ask the customers of solved tickets."""
        return send_surveys(self.database, self.desk, utc_now())

    @every(1)
    def note_sent_surveys(self) -> bool:
        """Tell that they were asked."""
        return note_sent_surveys(self.database, utc_now())

    @every(60)
    def expire_surveys(self) -> bool:
        """Links that nobody used."""
        return expire_surveys(self.database, utc_now())
