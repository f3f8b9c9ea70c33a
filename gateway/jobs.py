"""What the gateway does beside answering: relays its events and keeps house (`gateway.jobs`)."""

from gateway import upkeep
from gateway.audit.chores import export_checkpoint, protect_partitions
from gateway.audit.provide import CheckpointsProvider, SealKeysProvider
from gateway.audit.sealer import seal_batch
from gateway.audit.settling import settle_unfinished
from gateway.login.upkeep import sweep_logins
from gateway.organisation.publish import publish_when_due
from gateway.reconcile import reconcile_when_due
from gateway.storage.sealed_columns import SEALED
from gateway.ticket_import.carrying import carry_on_when_running, forget_imports
from libs.common.bus.every import every
from libs.common.bus.housekeeping import Housekeeping
from libs.common.bus.provide import ConfigProvider, config_of
from libs.common.bus.relay import Relay
from libs.common.clock import utc_now


class _SigningConfigProvider(ConfigProvider):
    """The configuration of a process that does not start without the key that signs actors."""

    def setup(self) -> None:
        config_of(self.container).require_actor_key()


class Service(Housekeeping):
    """Any number of replicas may run."""

    name = "gateway"
    config = _SigningConfigProvider()
    relay = Relay()
    sealed = SEALED
    seal_keys = SealKeysProvider()
    checkpoints = CheckpointsProvider()

    @every(3600)
    def publish_directory(self) -> None:
        """The whole organisation, once a day, for those who have begun to copy it."""
        publish_when_due(self.database, utc_now())

    @every(60)
    def reconcile_readers(self) -> None:
        """Tickets as dispatch and sla know them, once an hour, with ticketing's own word."""
        reconcile_when_due(self.database, self.config, utc_now())

    @every(60)
    def forget_counters(self) -> None:
        """Counters of rate limits whose time is over."""
        upkeep.forget_counters(self.database, utc_now())

    @every(60)
    def forget_updates(self) -> None:
        """Live updates that nobody will ask for any more."""
        upkeep.forget_updates(self.database, utc_now())

    @every(60)
    def sweep_logins(self) -> bool:
        """Counters, codes, pictures and tokens that are over."""
        return sweep_logins(self.database, utc_now())

    @every(1)
    def seal_entries(self) -> bool:
        """New entries of the operation log."""
        return seal_batch(self.database, self.seal_keys)

    @every(60)
    def export_checkpoint(self) -> None:
        """The newest seal, told to where the database's owner cannot change it."""
        export_checkpoint(self.database, self.checkpoints)

    @every(60)
    def settle_unfinished(self) -> None:
        """Actions whose outcome nobody has told."""
        settle_unfinished(self.database)

    @every(2)
    def carry_on_imports(self) -> bool:
        """Rows of spreadsheets become tickets."""
        return carry_on_when_running(self.database, self.config)

    @every(3600)
    def forget_imports(self) -> bool:
        """Spreadsheets of a month ago."""
        return forget_imports(self.database, utc_now())

    @every(3600)
    def protect_partitions(self) -> None:
        """New months of the operation log."""
        protect_partitions(self.database)
