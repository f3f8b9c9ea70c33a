"""A site of this machine that answers, redirects, hangs and breaks off as its paths say."""

import gzip
import ssl
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Site(BaseHTTPRequestHandler):
    """Answers by path and remembers what it was asked."""

    protocol_version = "HTTP/1.1"
    server: "Server"

    def do_GET(self) -> None:
        size = int(self.headers.get("Content-Length", 0))
        self.server.requests.append((self.command, self.path, dict(self.headers), self._read(size)))
        act: Callable[[], None] = getattr(self, f"on_{self.path.split('/')[1].split('?')[0]}")
        act()

    do_POST = do_PUT = do_GET

    def _read(self, size: int) -> bytes:
        return self.rfile.read(size)

    def say(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def on_ok(self) -> None:
        self.say(200, '{"好": 1}'.encode(), Set_Cookie="a=b")

    def on_error(self) -> None:
        self.say(500, b"broken")

    def on_to(self) -> None:
        """/to/<status>/<url with ! for />"""
        _, _, status, url = self.path.split("/")
        self.say(int(status), Location=url.replace("!", "/"))

    def on_hops(self) -> None:
        """/hops/<how many redirects to go>"""
        left = int(self.path.split("/")[2])
        self.say(302, Location=f"{left - 1}" if left > 1 else "/ok")

    def on_large(self) -> None:
        self.say(200, b"x" * 5000)

    def on_bomb(self) -> None:
        self.say(200, gzip.compress(bytes(50_000_000)), Content_Encoding="gzip")

    def on_chunked(self) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")

    def on_until_close(self) -> None:
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b"all of it")
        self.close_connection = True

    def on_cut(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100")
        self.end_headers()
        self.wfile.write(b"not all")
        self.close_connection = True

    def on_hang(self) -> None:
        self.server.closing.wait(30)

    def on_drip(self) -> None:
        """Headers, one byte at a time: every single receive is quick."""
        while not self.server.closing.wait(0.02):
            self.wfile.write(b"H")

    def on_drip_body(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        while not self.server.closing.wait(0.02):
            self.wfile.write(b"x")

    def log_message(self, format: str, *args: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    """A site on a free port of this machine."""

    daemon_threads = True

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []
        self.closing = threading.Event()
        super().__init__(("127.0.0.1", 0), Site)
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_side=True)
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that gave up is what some tests want."""

    def stop(self) -> None:
        self.closing.set()
        self.shutdown()
        self.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"
