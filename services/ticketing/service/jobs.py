"""What ticketing does by itself, every now and then."""

from libs.common.blobs import open_blobs
from libs.common.bus.every import every
from libs.common.bus.provide import ConfigProvider, DatabaseProvider
from libs.common.bus.relay import Relay
from libs.common.clock import utc_now
from services.ticketing.use_cases import upkeep


class Service:
    """Sweeps uploads that nobody attached, prepares partitions, forgets old command results."""

    name = "ticketing"
    database = DatabaseProvider()
    config = ConfigProvider()
    relay = Relay()

    @every(600)
    def sweep_orphans(self) -> bool:
        """Uploads older than 48 hours that no entry shows."""
        return upkeep.sweep_orphans(self.database, open_blobs(self.config), utc_now())

    @every(3600)
    def prepare_partitions(self) -> None:
        """The coming months' partitions exist before they are needed."""
        upkeep.prepare_partitions(self.database)
