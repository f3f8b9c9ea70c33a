"""What ticketing does by itself, every now and then."""

from libs.common.blobs import open_blobs
from libs.common.bus.every import every
from libs.common.bus.housekeeping import Housekeeping
from libs.common.bus.provide import ConfigProvider
from libs.common.bus.relay import Relay
from libs.common.clock import utc_now
from libs.common.crypto.rotation import measure_plain
from services.ticketing.storage.sealed_columns import PLAIN_ENTRIES, SEALED
from services.ticketing.use_cases import upkeep
from services.ticketing.use_cases.seal_texts import seal_texts


class Service(Housekeeping):
    """Housekeeping; any number of replicas may do it at once."""

    name = "ticketing"
    sealed = SEALED
    config = ConfigProvider()
    relay = Relay()

    @every(600)
    def sweep_orphans(self) -> bool:
        """Uploads older than 48 hours that no entry shows."""
        return upkeep.sweep_orphans(self.database, open_blobs(self.config), utc_now())

    @every(6 * 3600)
    def sweep_blobs(self) -> None:
        """Blobs that were never even staged."""
        upkeep.sweep_blobs(self.database, open_blobs(self.config), utc_now())

    @every(5)
    def seal_texts(self) -> int:
        """With TICKET_BODIES=sealed, what was written before it was."""
        return seal_texts(self.database)

    @every(60)
    def measure_plain_texts(self) -> None:
        """Tell operators how much of it is left."""
        if self.config.seals_ticket_bodies:
            measure_plain(self.database, PLAIN_ENTRIES)
