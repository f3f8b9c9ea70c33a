"""What intake does by itself: files what the door accepted, and keeps house."""

from email.utils import parseaddr

from libs.common.bus.every import every
from libs.common.bus.housekeeping import Housekeeping
from libs.common.bus.provide import ConfigProvider
from libs.common.bus.relay import Relay
from libs.common.clock import utc_now
from services.intake.service.provide import FilingRoomProvider
from services.intake.storage.accounts import mailbox_name
from services.intake.storage.sealed_columns import SEALED
from services.intake.use_cases import upkeep
from services.intake.use_cases.process_raw import process_raw


class Service(Housekeeping):
    """Any number of replicas share the waiting messages out among them."""

    name = "intake"
    sealed = SEALED
    config = ConfigProvider()
    relay = Relay()
    room = FilingRoomProvider()

    @every(0.1)
    def process_raw(self) -> bool:
        """Turn accepted messages into `message.received`."""
        own_address = mailbox_name(parseaddr(self.config.mail_from)[1])
        return process_raw(self.database, self.room, utc_now(), own_address)

    @every(3600)
    def sweep_orphans(self) -> None:
        """Blobs that nothing refers to."""
        upkeep.sweep_orphans(self.database, self.room.blobs, utc_now())
