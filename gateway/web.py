"""The gateway's process: gunicorn with threads, started by `libs.common.launcher gateway.web`."""

from dataclasses import replace
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from sqlalchemy import text
from werkzeug.middleware.proxy_fix import ProxyFix

from gateway.app import create_app
from gateway.parts import EXTENSION
from gateway.settings import Settings
from gateway.sticky_worker import StickyWorker
from libs.common.bus.rpc_client import RpcClient
from libs.common.config import Config
from libs.common.database.unit_of_work import Database
from libs.common.health import Check, HealthServer

_POOL = 5  # connections
_GRACE = 20  # seconds for requests that are under way when the process is told to stop


class Worker:
    """What one gunicorn worker holds; made after the fork, for no connection survives one."""

    def __init__(self, config: Config, settings: Settings) -> None:
        # Most requests need the look-ups' pool only.
        self.database = Database.connect("gateway", replace(config, pool_size=_POOL))
        self.rpc = RpcClient(config.broker(), config.require_actor_key(), name="gateway")
        self.app = create_app(config, self.database, self.rpc)
        self._is_alone = settings.workers == 1
        self._health = HealthServer(config.health_port, self._checks())
        trust_proxies(self.app, settings.proxies)

    def start(self) -> None:
        """With several workers one answers for all on the health port."""
        try:
            self._health.start()
        except OSError:
            if self._is_alone:
                raise

    def stop(self) -> None:
        """Close what is open."""
        self._health.stop()
        self.rpc.close()
        self.database.close()
        self.app.extensions[EXTENSION].lookups.close()

    def _checks(self) -> dict[str, Check]:
        return {"database": self._ask_database, "broker": self._ask_broker}

    def _ask_database(self) -> None:
        with self.database.engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    def _ask_broker(self) -> None:
        if not self.rpc.is_connected():
            raise RuntimeError("no connection to the broker")


def trust_proxies(app: Flask, proxies: int) -> None:
    """Take address, scheme and host from what so many proxies of ours have added."""
    if proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies
        )


class OurLogger(Logger):
    """gunicorn's messages go the way of all others."""

    def setup(self, cfg: Any) -> None:
        """No handlers of its own."""
        self.error_log.propagate = True
        self.error_log.setLevel("WARNING")


class Server(BaseApplication):
    """gunicorn without its command line and configuration files."""

    def __init__(self, config: Config, settings: Settings) -> None:
        self._config = config
        self._settings = settings
        self._worker: Worker | None = None
        super().__init__()

    def load_config(self) -> None:
        """The options that are not gunicorn's defaults."""
        host = f"[{self._settings.host}]" if ":" in self._settings.host else self._settings.host
        for name, value in {
            "bind": f"{host}:{self._settings.port}",
            "worker_class": StickyWorker,
            "workers": self._settings.workers,
            "threads": self._settings.threads,
            "keepalive": 30,
            "graceful_timeout": _GRACE,
            "logger_class": OurLogger,
            "control_socket_disable": True,
            "post_worker_init": self._start_worker,
            "worker_exit": self._stop_worker,
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Called in each worker."""
        self._worker = Worker(self._config, self._settings)
        return self._worker.app

    def _start_worker(self, _worker: Any) -> None:
        if self._worker:
            self._worker.start()

    def _stop_worker(self, _server: Any, _worker: Any) -> None:
        if self._worker:
            self._worker.stop()


def main() -> None:
    """Serve until told to stop; raises ConfigError for a wrong variable."""
    config, settings = Config.read(), Settings.read()
    # Refuse here, not again and again in every worker.
    config.broker(), config.require_actor_key(), config.database_url("gateway")
    Server(config, settings).run()


if __name__ == "__main__":
    main()
