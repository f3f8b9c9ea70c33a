"""The base of each service's jobs: housekeeping that every database needs."""

from libs.common.bus.every import every
from libs.common.bus.provide import DatabaseProvider
from libs.common.database.upkeep import keep_house


class Housekeeping:
    """Hourly, in any number of replicas: all of it bears repeating."""

    database = DatabaseProvider()

    @every(3600)
    def keep_house(self) -> None:
        """Partitions and old command results."""
        keep_house(self.database)
