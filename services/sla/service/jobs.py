"""What sla does by itself: timers, and what edits of the book leave to be computed anew."""

from libs.common.bus.every import every
from libs.common.bus.housekeeping import Housekeeping
from libs.common.bus.provide import ConfigProvider
from libs.common.bus.relay import Relay
from services.sla.use_cases.recompute import recompute_tickets
from services.sla.use_cases.run_timers import run_timers


class Service(Housekeeping):
    """Any number of replicas share the work."""

    name = "sla"
    config = ConfigProvider()
    relay = Relay()

    @every(0.2)
    def run_timers(self) -> bool:
        """Tell warnings, breaches and steps whose time has come."""
        return run_timers(self.database, self.config.business_zone)

    @every(1)
    def recompute_tickets(self) -> bool:
        """Bring unfinished tickets to the present book."""
        return recompute_tickets(self.database, self.config.business_zone)
