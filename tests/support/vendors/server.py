"""What all the local providers share: a server in a thread, its requests, its bad days."""

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

_PATIENCE = 60  # seconds that a request hangs at most


@dataclass(frozen=True)
class Asked:
    """One request as it came; header names in lower case, the query decoded and raw."""

    method: str
    path: str
    query: Mapping[str, str]
    raw_query: str
    headers: Mapping[str, str]
    body: bytes
    at: float

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Said:
    """An answer: JSON, or bytes as they are."""

    content: Any
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def body(self) -> bytes:
        return (
            self.content if isinstance(self.content, bytes) else json.dumps(self.content).encode()
        )


HANG = "hang"
Mood = Said | str | Callable[[Asked], Said]


class VendorServer:
    """Subclasses say in `answer` what a right request gets; `next_answers` come before that."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.next_answers: deque[Mood] = deque()
        self._release = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.host = f"127.0.0.1:{self._server.server_port}"
        self.url = f"http://{self.host}"

    def answer(self, asked: Asked) -> Said:
        raise NotImplementedError

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._release.set()
        self._server.shutdown()
        self._server.server_close()

    def say(self, *moods: Mood) -> None:
        """To the next requests, whatever they are."""
        self.next_answers.extend(moods)

    def release(self) -> None:
        """Let go of what hangs; what hangs later hangs anew."""
        self._release.set()
        self._release = threading.Event()

    def take(self, asked: Asked) -> Said:
        self.asked.append(asked)
        mood = self.next_answers.popleft() if self.next_answers else self.answer
        if mood == HANG:
            self._release.wait(_PATIENCE)
            return self.answer(asked)
        if isinstance(mood, Said):
            return mood
        assert callable(mood)
        return mood(asked)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                self._answer(self.rfile.read(length))

            def do_GET(self) -> None:
                self._answer(b"")

            def _answer(self, body: bytes) -> None:
                parts = urlsplit(self.path)
                query = dict(parse_qsl(parts.query, keep_blank_values=True))
                headers = {name.lower(): value for name, value in self.headers.items()}
                asked = Asked(
                    self.command, parts.path, query, parts.query, headers, body, time.time()
                )
                said = server.take(asked)
                with suppress(ConnectionError):  # whoever asked waits no more
                    self.send_response(said.status)
                    for name, value in said.headers:
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(said.body)))
                    self.end_headers()
                    self.wfile.write(said.body)

            def log_message(self, format: str, *args: object) -> None:
                """Nobody reads it."""

        return Handler
