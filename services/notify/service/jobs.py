"""What notify does by itself."""

from libs.common.bus.every import every
from libs.common.bus.housekeeping import Housekeeping
from libs.common.bus.relay import Relay
from libs.common.clock import utc_now
from services.notify.service.provide import MailRoomProvider
from services.notify.use_cases.send_mails import send_mails


class Service(Housekeeping):
    """Jobs of notify."""

    name = "notify"
    relay = Relay()
    room = MailRoomProvider()

    @every(0.1)
    def send_mails(self) -> bool:
        """Hand due mails to the mail server."""
        return send_mails(self.database, self.room, utc_now())
