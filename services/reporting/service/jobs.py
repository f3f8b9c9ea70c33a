"""What reporting does by itself: sums, rebuilds, gaps, the archive's end, exports."""

from libs.common.bus.every import every
from libs.common.bus.housekeeping import Housekeeping
from libs.common.bus.provide import ConfigProvider
from libs.common.bus.relay import Relay
from libs.common.clock import utc_now
from services.reporting.service.export_jobs import ExportJobs
from services.reporting.service.settings import Settings
from services.reporting.use_cases.keep_archive import keep_archive
from services.reporting.use_cases.rebuild import run_rebuild
from services.reporting.use_cases.sum_up import sum_up_some
from services.reporting.use_cases.tell_gaps import tell_gaps


class Service(ExportJobs, Housekeeping):
    """Any number of replicas share the work."""

    name = "reporting"
    config = ConfigProvider()
    relay = Relay()

    @every(2)
    def sum_up(self) -> bool:
        """Days, months and years whose sums do not hold any more."""
        return sum_up_some(self.database, self.config.business_zone, utc_now())

    @every(1)
    def run_rebuild(self) -> bool:
        """The next step of a rebuild."""
        return run_rebuild(self.database, self.config.business_zone)

    @every(10)
    def tell_gaps(self) -> None:
        """Missing events, for the metric."""
        tell_gaps(self.database)

    @every(3600)
    def keep_archive(self) -> None:
        """Months that are past their time."""
        keep_archive(self.database, Settings.read().archive_months, utc_now())
