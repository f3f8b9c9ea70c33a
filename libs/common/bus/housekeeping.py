"""The base of each service's jobs: housekeeping that every database needs."""

from libs.common.bus.every import every
from libs.common.bus.provide import ConfigProvider, DatabaseProvider
from libs.common.crypto.rotation import PLATFORM, measure_stale, rotate_some
from libs.common.crypto.sealed_columns import SealedColumn
from libs.common.database.upkeep import forget_sent, keep_house
from libs.common.timers import measure_timers


class Housekeeping:
    """In any number of replicas: all of it bears repeating.

    `sealed` are the service's own columns of sealed values.
    """

    database = DatabaseProvider()
    platform = ConfigProvider()
    sealed: tuple[SealedColumn, ...] = ()

    @every(3600)
    def keep_house(self) -> None:
        """Partitions and old command results."""
        keep_house(self.database)

    @every(60)
    def forget_sent(self) -> int:
        """Events that were published long enough ago."""
        return forget_sent(self.database, self.platform.sent_minutes)

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

    @every(5)
    def measure_timers(self) -> None:
        """Tell operators whether timers are run in time."""
        measure_timers(self.database)
