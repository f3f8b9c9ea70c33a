"""What notify does by itself."""

from libs.common.bus.every import every
from libs.common.bus.provide import DatabaseProvider
from libs.common.bus.relay import Relay
from libs.common.clock import utc_now
from services.notify.service.provide import MailRoomProvider
from services.notify.use_cases.send_mails import send_mails


class Service:
    """Jobs of notify."""

    name = "notify"
    database = DatabaseProvider()
    relay = Relay()
    room = MailRoomProvider()

    @every(0.1)
    def send_mails(self) -> bool:
        """Hand due mails to the mail server."""
        return send_mails(self.database, self.room, utc_now())
