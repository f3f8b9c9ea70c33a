"""The base of each service's jobs: housekeeping that every database needs."""

from libs.common.bus.every import every
from libs.common.bus.provide import DatabaseProvider
from libs.common.crypto.rotation import PLATFORM, measure_stale, rotate_some
from libs.common.crypto.sealed_columns import SealedColumn
from libs.common.database.upkeep import keep_house


class Housekeeping:
    """In any number of replicas: all of it bears repeating.

    `sealed` are the service's own columns of sealed values.
    """

    database = DatabaseProvider()
    sealed: tuple[SealedColumn, ...] = ()

    @every(3600)
    def keep_house(self) -> None:
        """Partitions and old command results."""
        keep_house(self.database)

    @every(5)
    def rotate_keys(self) -> int:
        """Seal anew what older keys have sealed."""
        keys = self.database.keys
        return rotate_some(self.database, keys, (*PLATFORM, *self.sealed)) if keys else 0

    @every(60)
    def measure_stale(self) -> None:
        """Tell operators what still needs an older key."""
        if keys := self.database.keys:
            measure_stale(self.database, keys, (*PLATFORM, *self.sealed))
