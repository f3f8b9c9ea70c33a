"""The door (`intake.door`): takes messages over HTTP and answers when they are durable.

It needs the database and the blob store only; no broker, no other service.
"""

from typing import Any

from flask import Flask, Response
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from sqlalchemy import Engine
from werkzeug.middleware.proxy_fix import ProxyFix

from libs.common.config import Config
from libs.common.crypto import KeyRing
from libs.common.health import HealthServer
from services.intake.service.channels import Door, channels
from services.intake.service.keeping import database_check, open_doorkeeper
from services.intake.service.problems import register_problems, request_id
from services.intake.service.settings import Settings
from services.intake.service.waiting import NumberWait
from services.intake.storage.accounts import Accounts
from services.intake.storage.arrivals import open_autocommit

_GRACE = 20  # seconds for requests that are under way when the process is told to stop


def create_app(
    config: Config | None = None, settings: Settings | None = None, engine: Engine | None = None
) -> Flask:
    """The application; connections are made when first needed."""
    config, settings = config or Config.read(), settings or Settings()
    engine = engine or open_autocommit(config)
    app = Flask("intake.door", static_folder=None)
    keeper = open_doorkeeper(config, engine)
    # Half of the threads may wait for numbers; the others go on accepting.
    numbers = NumberWait(keeper.statuses, places=settings.threads // 2)
    app.register_blueprint(channels(Door(keeper, Accounts(engine), numbers)))
    register_problems(app)
    app.after_request(_name_request)
    if count := settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, count, count, x_host=count)  # type: ignore[method-assign]
    return app


def _name_request(answer: Response) -> Response:
    answer.headers["X-Request-Id"] = request_id()
    return answer


class _OurLogger(Logger):
    """gunicorn's messages go the way of all others."""

    def setup(self, cfg: Any) -> None:
        """No handlers of its own."""
        self.error_log.propagate = True
        self.error_log.setLevel("WARNING")


class _Server(BaseApplication):
    """gunicorn without its command line and configuration files."""

    def __init__(self, config: Config, settings: Settings) -> None:
        self._config = config
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        """The options that are not gunicorn's defaults."""
        host = self._settings.door_host
        for name, value in {
            "bind": f"{f'[{host}]' if ':' in host else host}:{self._settings.door_port}",
            "worker_class": "gthread",
            "workers": self._settings.workers,
            "threads": self._settings.threads,
            "keepalive": 30,
            "graceful_timeout": _GRACE,
            "logger_class": _OurLogger,
            "control_socket_disable": True,
            "post_worker_init": self._start_health,
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Called in each worker: no connection survives a fork."""
        self._engine = open_autocommit(self._config)
        return create_app(self._config, self._settings, self._engine)

    def _start_health(self, worker: Any) -> None:
        """With several workers the first answers for all on the health port."""
        if worker.age == 1 or self._settings.workers == 1:
            check = database_check(self._engine)
            HealthServer(self._config.health_port, {"database": check}).start()


def main() -> None:
    """Serve until told to stop; raises ConfigError for a wrong variable."""
    config, settings = Config.read(), Settings.read()
    # Refuse here, not again and again in every worker.
    KeyRing.parse(config.field_keys), config.database_url("intake")
    _Server(config, settings).run()
