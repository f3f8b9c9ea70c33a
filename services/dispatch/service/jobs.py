"""What dispatch does by itself; any number of replicas may do it at once."""

from libs.common.bus.every import every
from libs.common.bus.housekeeping import Housekeeping
from libs.common.bus.provide import ConfigProvider
from libs.common.bus.relay import Relay
from libs.common.clock import utc_now
from services.dispatch.use_cases import check_loads as checking
from services.dispatch.use_cases import drain, match_again, offers, resend, sweep


class Service(Housekeeping):
    """Decides what waits, and sees that nothing waits for ever."""

    name = "dispatch"
    config = ConfigProvider()
    relay = Relay()

    @every(0.2)
    def drain_group(self) -> bool:
        """The next tickets of a group that somebody has woken."""
        return drain.drain_group(self.database, utc_now())

    @every(0.5)
    def open_offers(self) -> bool:
        """Tell groups what they may grab."""
        return offers.open_offers(self.database, utc_now())

    @every(1)
    def expire_offers(self) -> bool:
        """What nobody grabbed in time is assigned."""
        return offers.expire_offers(self.database, utc_now())

    @every(1)
    def match_again(self) -> bool:
        """What waits by rules that have changed."""
        return match_again.match_again(self.database, utc_now(), self.config.business_zone)

    @every(5)
    def resend_proposals(self) -> bool:
        """Proposals that ticketing has not answered for a minute."""
        return resend.resend_proposals(self.database, utc_now())

    @every(5)
    def resend_withdrawals(self) -> bool:
        """What ticketing should have taken away a minute ago."""
        return resend.resend_withdrawals(self.database, utc_now())

    @every(10)
    def sweep_groups(self) -> None:
        """Time alone may free people: shifts begin, heartbeats stop, delays end."""
        sweep.sweep(self.database)

    @every(5)
    def measure_waiting(self) -> None:
        """How many wait, and how long."""
        sweep.measure_waiting(self.database)

    @every(300)
    def check_loads(self) -> None:
        """Loads are what the assignments add up to."""
        checking.check_loads(self.database)
