"""What becomes of exports by itself: they are written, kept for seven days, and swept."""

from libs.common.blobs import open_blobs
from libs.common.bus.every import every
from libs.common.bus.provide import ConfigProvider, DatabaseProvider
from libs.common.clock import utc_now
from services.reporting.service.writers import WritersProvider
from services.reporting.use_cases.exports import drop_files, sweep_files


class ExportJobs:
    """Of the jobs' service; any number of replicas share the exports."""

    database = DatabaseProvider()
    config = ConfigProvider()
    writers = WritersProvider()

    @every(0.5)
    def write_exports(self) -> bool:
        """Whatever waits, in processes of its own."""
        return self.writers.tend(utc_now())

    @every(60)
    def drop_export_files(self) -> bool:
        """Files of removed and expired exports."""
        return drop_files(self.database, open_blobs(self.config), utc_now())

    @every(6 * 3600)
    def sweep_export_files(self) -> None:
        """Files that no export names."""
        sweep_files(self.database, open_blobs(self.config), utc_now())
