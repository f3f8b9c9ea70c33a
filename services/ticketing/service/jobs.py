"""What ticketing does by itself, every now and then."""

from libs.common.blobs import open_blobs
from libs.common.bus.every import every
from libs.common.bus.housekeeping import Housekeeping
from libs.common.bus.provide import ConfigProvider
from libs.common.bus.relay import Relay
from libs.common.clock import utc_now
from services.ticketing.use_cases import upkeep


class Service(Housekeeping):
    """Housekeeping; any number of replicas may do it at once."""

    name = "ticketing"
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
