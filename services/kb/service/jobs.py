"""What kb does by itself: expiry, counting, and cutting texts anew after a change of words."""

from libs.common.bus.every import every
from libs.common.bus.housekeeping import Housekeeping
from libs.common.bus.provide import ConfigProvider
from libs.common.bus.relay import Relay
from services.kb.use_cases.count_readers import count_words, fold_hits, forget_old
from services.kb.use_cases.cut_anew import cut_anew
from services.kb.use_cases.run_timers import run_timers


class Service(Housekeeping):
    """Any number of replicas share the work."""

    name = "kb"
    config = ConfigProvider()
    relay = Relay()

    @every(1)
    def run_timers(self) -> bool:
        """Tell what expires soon, and end what has expired."""
        return run_timers(self.database) > 0

    @every(2)
    def cut_anew(self) -> bool:
        """Bring search to the present dictionary."""
        return cut_anew(self.database)

    @every(2)
    def fold_hits(self) -> bool:
        """Count views."""
        return fold_hits(self.database, self.config.business_zone)

    @every(60)
    def count_words(self) -> None:
        """How common words are, every ten minutes."""
        count_words(self.database)

    @every(3600)
    def forget_old(self) -> None:
        """Where yesterday's judgements came from; searches of years ago."""
        forget_old(self.database)
