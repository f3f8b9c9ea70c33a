"""gunicorn without its command line: one light parent, and workers that hold the application."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from libs.common.health import Check, HealthServer
from libs.common.web.certificate import Certificate
from libs.common.web.sticky_worker import StickyWorker

_GRACE = 20  # seconds for requests that are under way when the process is told to stop


class WebWorker(Protocol):
    """What one worker holds; made after the fork, for no connection survives one."""

    app: Any

    def checks(self) -> dict[str, Check]:
        """What must hold for the worker to get requests."""

    def stop(self) -> None:
        """Close what is open."""


@dataclass(frozen=True)
class Listening:
    """Where and how wide a server listens."""

    host: str
    port: int
    threads: int
    workers: int
    health_port: int | None
    certificate: Certificate | None = None

    @property
    def bind(self) -> str:
        """gunicorn's form of the address."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class _OurLogger(Logger):
    """gunicorn's messages go the way of all others."""

    def setup(self, cfg: Any) -> None:
        """No handlers of its own."""
        self.error_log.propagate = True
        self.error_log.setLevel("WARNING")


class WebServer(BaseApplication):
    """Serves until told to stop.

    `make_worker` is called in each worker and should import there what the application needs:
    the parent then stays small, and a worker that dies is replaced by one with fresh code.
    """

    def __init__(self, listening: Listening, make_worker: Callable[[], WebWorker]) -> None:
        self._listening = listening
        self._make_worker = make_worker
        self._worker: WebWorker | None = None
        self._health: HealthServer | None = None
        super().__init__()

    def load_config(self) -> None:
        """The options that are not gunicorn's defaults."""
        for name, value in {
            "bind": self._listening.bind,
            "worker_class": StickyWorker,
            "workers": self._listening.workers,
            "threads": self._listening.threads,
            "keepalive": 30,
            "graceful_timeout": _GRACE,
            "logger_class": _OurLogger,
            "control_socket_disable": True,
            # Proxies are counted (libs.common.web.proxies); a sender's address makes none of them.
            "forwarded_allow_ips": "",
            "post_worker_init": self._start_health,
            "worker_exit": self._stop_worker,
        }.items():
            self.cfg.set(name, value)
        if certificate := self._listening.certificate:
            self.cfg.set("certfile", certificate.chain)
            self.cfg.set("keyfile", certificate.key)
            self.cfg.set("ssl_context", lambda _config, _default: certificate.context())

    def load(self) -> Any:
        """Called in each worker."""
        self._worker = self._make_worker()
        return self._worker.app

    def _start_health(self, _worker: Any) -> None:
        """With several workers, whoever gets the health port answers for all."""
        assert self._worker is not None
        health = HealthServer(self._listening.health_port, self._worker.checks())
        try:
            health.start()
        except OSError:
            if self._listening.workers == 1:
                raise
        else:
            self._health = health

    def _stop_worker(self, _server: Any, _worker: Any) -> None:
        if self._health:
            self._health.stop()
        if self._worker:
            self._worker.stop()
