"""The gateway's process: gunicorn with threads, started by `libs.common.launcher gateway.web`."""

from functools import partial

from gateway.login.settings import LoginSettings
from gateway.sealing import Sealing
from gateway.settings import Settings
from libs.common.config import Config
from libs.common.web.server import Listening, WebServer, WebWorker


def _make_worker(config: Config, proxies: int) -> WebWorker:
    # Here and not above: the parent process needs nothing of the application.
    from gateway.worker import Worker

    return Worker(config, proxies)


def main() -> None:
    """Serve until told to stop; raises ConfigError for a wrong variable."""
    config, settings = Config.read(), Settings.read()
    # Refuse here, not again and again in every worker.
    config.broker("gateway"), config.require_actor_key(), config.database_url("gateway")
    LoginSettings.read(), Sealing(config).index
    listening = Listening(
        settings.host,
        settings.port,
        settings.threads,
        settings.workers,
        config.health_port,
        settings.certificate,
    )
    WebServer(listening, partial(_make_worker, config, settings.proxies)).run()


if __name__ == "__main__":
    main()
