"""An SMS provider for tests, in a thread: records what it is asked, answers as it is told.

with SmsSink(key) as sink:
    sink.behave("refuse")
    … sink.requests() …
"""

import json
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, Self

from services.notify.domain.sms import SIGNATURE, TIMESTAMP, is_signed

# hang: taken and never answered. redirect: to a page that would say yes.
Kind = Literal["accept", "refuse", "fail", "throttle", "hang", "redirect"]

_STATUS = {"accept": 202, "refuse": 422, "fail": 503, "throttle": 429, "redirect": 307}
_PATIENCE = 60  # seconds that a request hangs at most


@dataclass(frozen=True)
class SmsRequest:
    """What was asked, and whether the signature was right."""

    message_id: str
    to: str
    text: str
    is_signed: bool


class SmsSink:
    """`url` is for SMS_URL."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._kinds: dict[str | None, Kind] = {}
        self._requests: list[SmsRequest] = []
        self._release = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/send"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._release.set()
        self._server.shutdown()
        self._server.server_close()

    def behave(self, kind: Kind, number: str | None = None) -> None:
        """From the next request on, to all or to one number."""
        self._kinds[number] = kind

    def requests(self, to: str | None = None) -> list[SmsRequest]:
        """All that it was asked, in order."""
        return [one for one in self._requests if to in (None, one.to)]

    def forget(self) -> None:
        """Begin anew, behaving well; what hangs is let go."""
        self._release.set()
        self._release = threading.Event()
        self._kinds, self._requests = {}, []

    def take(self, headers: Any, body: bytes) -> int:
        """The status that answers."""
        signed = is_signed(
            body, headers[TIMESTAMP], headers[SIGNATURE], key=self._key, now=time.time()
        )
        request = SmsRequest(**json.loads(body), is_signed=signed)
        self._requests.append(request)
        kind = self._kinds.get(request.to) or self._kinds.get(None, "accept")
        if kind == "hang":
            self._release.wait(_PATIENCE)
        return _STATUS.get(kind, 202)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        sink = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(sink.take(self.headers, body))
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Nobody reads it."""

            def handle(self) -> None:
                with suppress(ConnectionError):  # whoever asked waits no more
                    super().handle()

        return Handler
