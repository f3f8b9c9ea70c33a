"""`/healthz`, `/readyz` and `/metrics` of a process, on a port of their own.

Plain standard library: runs in threads and, after eventlet's patching, in greenlets alike.
"""

import json
import logging
import os
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer

from prometheus_client import REGISTRY
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from libs.common.metrics import set_hub_lag

Check = Callable[[], None]

_log = logging.getLogger(__name__)


class HealthServer:
    """Answers on one port until stopped; without a port (None, 0) it does nothing at all.

    A check raises when the process should get no work; `/readyz` then answers 503 and names it,
    without saying why: the reason is logged. Checks run in the request's thread and need limits
    of their own. `/healthz` only says that the process still answers.
    `host` is HEALTH_HOST unless given; without either, only this machine is answered.
    """

    def __init__(
        self, port: int | None, checks: Mapping[str, Check], *, host: str | None = None
    ) -> None:
        host = host or os.environ.get("HEALTH_HOST") or "127.0.0.1"
        self._address = (host, port) if port else None
        self._checks = checks
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Bind and answer from now on; raises OSError if the port is taken."""
        if self._address and not self._server:
            server = self._server = _Server(self._address, self._checks)
            self._thread = threading.Thread(target=server.answer, name="health", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Answer no more; the port is free afterwards."""
        if self._server and self._thread:
            self._server.is_open = False
            # The port stays taken while a thread accepts on it, closed or not.
            self._thread.join()
            self._server.server_close()
            self._server = self._thread = None

    def __enter__(self) -> "HealthServer":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class HubLag:
    """Measures how late this process wakes up, several times a second.

    In a green process that is how long something kept the hub for itself; in a threaded one,
    how long a thread waits for its turn. Its `check` fails for `memory` seconds after a delay
    of more than `limit` seconds: while the hub is stuck, nobody could be answered anyway.
    """

    def __init__(self, limit: float = 2.0, interval: float = 0.25, memory: float = 10.0) -> None:
        self._limit = limit
        self._interval = interval
        self._memory = memory
        self._recent: deque[tuple[float, float]] = deque()  # (when, how late)
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> "HubLag":
        """Measure from now on."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._measure, name="hub-lag", daemon=True)
            self._thread.start()
        return self

    def stop(self) -> None:
        """Measure no more."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def check(self) -> None:
        """A readiness check; raises RuntimeError while the process was too late of late."""
        if (lag := self.longest()) > self._limit:
            raise RuntimeError(f"the hub was {lag:.1f} s late")

    def longest(self) -> float:
        """The longest delay in `memory`, in seconds."""
        return max((lag for _, lag in tuple(self._recent)), default=0.0)

    def _measure(self) -> None:
        while not self._stopped.is_set():
            due = time.monotonic() + self._interval
            self._stopped.wait(self._interval)
            now = time.monotonic()
            self.record(now, max(now - due, 0.0))

    def record(self, now: float, lag: float) -> None:
        """Note a delay of `lag` seconds at `now` (monotonic) and forget those out of memory."""
        self._recent.append((now, lag))
        while self._recent[0][0] < now - self._memory:
            self._recent.popleft()
        set_hub_lag(self.longest())


class _Server(ThreadingHTTPServer):
    """One thread per request. Its own accept loop, because `serve_forever` waits in a selector
    that eventlet cannot make green if socketserver was imported before its patching."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], checks: Mapping[str, Check]) -> None:
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        self.checks = checks
        self.failing: frozenset[str] = frozenset()
        self.is_open = True
        super().__init__(address, _Handler)
        self.socket.settimeout(0.5)  # how long the loop outlives `stop`

    def server_bind(self) -> None:
        """Without HTTPServer's look-up of the host's name, which may ask a name server."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "health", self.socket.getsockname()[1]

    def answer(self) -> None:
        """Accept until closed."""
        while self.is_open:
            try:
                request, client = self.socket.accept()
            except OSError:  # nobody came within the timeout, or the client left at once
                continue
            request.settimeout(5)
            self.process_request(request, client)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no news."""
        _log.debug("a health request broke off", exc_info=True)

    def run_checks(self) -> list[str]:
        """Names of the checks that fail; says why in the log when that set changes."""
        reasons = {name: reason for name, check in self.checks.items() if (reason := _try(check))}
        failing = frozenset(reasons)
        if failing != self.failing:
            self.failing = failing
            _log.warning("readiness: %s", reasons or "all is well again")
        return sorted(failing)


def _try(check: Check) -> str:
    try:
        check()
    except Exception as error:  # whatever it is, the process is not ready
        return f"{type(error).__name__}: {error}"
    return ""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    server_version = "tidedesk"
    sys_version = ""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/healthz":
            self._say(200, {"status": "ok"})
        elif path == "/readyz":
            failing = self.server.run_checks()
            status = "unready" if failing else "ready"
            self._say(503 if failing else 200, {"status": status, "failing": failing})
        elif path == "/metrics":
            self._send(200, CONTENT_TYPE_LATEST, generate_latest(REGISTRY))
        else:
            self._say(404, {"status": "unknown path"})

    def _say(self, status: int, answer: dict[str, object]) -> None:
        self._send(status, "application/json", json.dumps(answer).encode())

    def _send(self, status: int, media_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Probes come every few seconds and say nothing worth keeping."""
