"""The door's process (`intake.door`): gunicorn with threads; no broker, no other service."""

from functools import partial

from libs.common.config import Config
from libs.common.crypto import open_ring
from libs.common.web.server import Listening, WebServer, WebWorker
from services.intake.service.settings import Settings


def _make_worker(config: Config, settings: Settings) -> WebWorker:
    # Here and not above: the parent process needs nothing of the application.
    from services.intake.service.door_app import DoorWorker

    return DoorWorker(config, settings)


def main() -> None:
    """Serve until told to stop; raises ConfigError for a wrong variable."""
    config, settings = Config.read(), Settings.read()
    # Refuse here, not again and again in every worker.
    open_ring(config), config.database_url("intake")
    listening = Listening(
        settings.door_host,
        settings.door_port,
        settings.threads,
        settings.workers,
        config.health_port,
        settings.certificate,
    )
    WebServer(listening, partial(_make_worker, config, settings)).run()
