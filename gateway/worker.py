"""What one worker process of the gateway holds."""

from dataclasses import replace

from sqlalchemy import text

from gateway.app import create_app
from gateway.audit.recording import close_recording
from gateway.parts import EXTENSION, Parts
from libs.common.bus.rpc_client import RpcClient
from libs.common.config import Config
from libs.common.database.roll_call import RollCall
from libs.common.database.unit_of_work import Database
from libs.common.health import Check
from libs.common.web.proxies import trust_proxies

_POOL = 5  # connections


class Worker:
    """The application with its connections."""

    def __init__(self, config: Config, proxies: int) -> None:
        # Most requests need the look-ups' pool only.
        self.database = Database.connect("gateway", replace(config, pool_size=_POOL))
        self.rpc = RpcClient(config.broker("gateway"), config.require_actor_key(), name="gateway")
        self.app = create_app(config, self.database, self.rpc)
        self._parts: Parts = self.app.extensions[EXTENSION]
        trust_proxies(self.app, proxies)
        self._roll_call = RollCall([self.database.engine], ["gateway.web"]).start()

    def checks(self) -> dict[str, Check]:
        """The database and the broker must answer, and whoever listens must be told."""
        return {
            "database": self._ask_database,
            "broker": self._ask_broker,
            "live": self._parts.live.check,
        }

    def stop(self) -> None:
        """Close what is open."""
        self._parts.live.stop()
        self._roll_call.stop()
        self.rpc.close()
        close_recording(self.app)
        self.database.close()
        self._parts.lookups.close()

    def _ask_database(self) -> None:
        with self.database.engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    def _ask_broker(self) -> None:
        if not self.rpc.is_connected():
            raise RuntimeError("no connection to the broker")
