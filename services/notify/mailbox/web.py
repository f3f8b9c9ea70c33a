"""The page and the JSON of the mailbox: the standard library's server, for one's own machine."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

_MAX_BODY = 1024 * 1024  # bytes
_LOCAL = {"localhost", "127.0.0.1", "[::1]"}
_SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)


@dataclass(frozen=True)
class Request:
    """What a route gets to see."""

    query: dict[str, str]
    body: bytes
    headers: dict[str, str]  # names in lower case

    def form(self) -> dict[str, str]:
        """The fields of a posted form."""
        return _first(parse_qs(self.body.decode("utf-8", "replace")))


@dataclass(frozen=True)
class Response:
    """`headers` add to, or replace, those that every answer has."""

    body: bytes = b""
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)


Route = tuple[str, re.Pattern[str], Callable[..., Response]]


def serve(host: str, port: int, routes: list[Route]) -> ThreadingHTTPServer:
    """A server that is bound; call `serve_forever`. The first route that fits answers."""

    class Handler(BaseHTTPRequestHandler):
        """One connection."""

        protocol_version = "HTTP/1.1"
        server_version = "tidedesk-mailbox"

        def do_GET(self) -> None:
            self._answer()

        do_POST = do_DELETE = do_GET

        def _answer(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            if size > _MAX_BODY:
                self.close_connection = True
                self._write(Response(b"too large", 413))
            else:
                body = self.rfile.read(size)
                self._write(self._refusal() or self._route(body))

        def _refusal(self) -> Response | None:
            """Other sites' pages must neither read the mails nor send answers."""
            wanted = self.headers.get("Host", "")
            if host in _LOCAL and wanted.rpartition(":")[0] not in _LOCAL:
                return Response(b"wrong host", 421)
            origin = self.headers.get("Origin")
            if self.command != "GET" and origin and urlsplit(origin).netloc != wanted:
                return Response(b"wrong origin", 403)
            return None

        def _route(self, body: bytes) -> Response:
            parts = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(_first(parse_qs(parts.query)), body, headers)
            for method, pattern, view in routes:
                found = pattern.fullmatch(parts.path)
                if found and method == self.command:
                    return view(request, **found.groupdict())
            return Response("没有这个页面 · not found".encode(), 404, "text/plain; charset=utf-8")

        def _write(self, response: Response) -> None:
            self.send_response(response.status)
            headers = {
                "Content-Type": response.content_type,
                "Content-Length": str(len(response.body)),
                "Content-Security-Policy": _PAGE_POLICY,
                **_SECURITY,
                **response.headers,
            }
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(response.body)

        def log_message(self, format: str, *args: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer((host, port), Handler)
    server.daemon_threads = True
    return server


def _first(values: dict[str, list[str]]) -> dict[str, str]:
    return {name: found[0] for name, found in values.items()}
