"""What notify does by itself."""

from libs.common.bus.every import every
from libs.common.bus.housekeeping import Housekeeping
from libs.common.bus.relay import Relay
from libs.common.clock import utc_now
from services.notify.service.provide import (
    CodeRoomProvider,
    MailRoomProvider,
    SettingsProvider,
)
from services.notify.storage.sealed_columns import SEALED
from services.notify.use_cases.forget import forget_deliveries, forget_notices, tidy_codes
from services.notify.use_cases.hand_over_codes import hand_over_codes
from services.notify.use_cases.send_mails import send_mails


class Service(Housekeeping):
    """Jobs of notify."""

    name = "notify"
    sealed = SEALED
    relay = Relay()
    room = MailRoomProvider()
    code_room = CodeRoomProvider()
    settings = SettingsProvider()

    @every(0.1)
    def send_mails(self) -> bool:
        """Hand due mails to the mail server."""
        return send_mails(self.database, self.room, utc_now())

    @every(0.2)
    def hand_over_codes(self) -> bool:
        """Send due codes, past all mails."""
        return hand_over_codes(self.database, self.code_room, utc_now())

    @every(60)
    def tidy_codes(self) -> bool:
        """Codes out of date."""
        return tidy_codes(self.database, utc_now())

    @every(3600)
    def forget_notices(self) -> bool:
        """Notices that were read long ago."""
        return forget_notices(self.database, utc_now())

    @every(3600)
    def forget_deliveries(self) -> None:
        """Deliveries of years ago."""
        forget_deliveries(self.database, utc_now(), self.settings.keep_months)
