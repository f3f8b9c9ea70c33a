"""gunicorn's threads, which wait a moment for the next request before giving a connection back."""

import json
import select
import socket
import struct
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from gunicorn.http.errors import (
    ExpectationFailed,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
    UnsupportedTransferCoding,
)
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

from libs.common.ids import uuid7
from libs.common.web.certificate import SILENCE, has_pending
from libs.common.web.taken import was_taken

# A console or a gateway in front asks again within milliseconds, or not for seconds.
_MOMENT = 10  # milliseconds


_STATUSES: dict[type, int] = {
    LimitRequestLine: 414,
    LimitRequestHeaders: 431,
    UnsupportedTransferCoding: 501,
    ExpectationFailed: 417,
}
_CODES = {414: "address.too_long", 431: "headers.too_large", 501: "transfer_coding.unsupported"}


class StickyWorker(ThreadWorker):
    """Handing a connection to the poller and back costs as much as an answer from memory.

    While other requests wait for a thread, no thread waits for a connection.
    """

    def handle(self, conn: Any) -> Any:
        """Serve a connection as long as its requests follow one another closely."""
        if not conn.initialized:
            limit_silence(conn.sock, SILENCE)
        while True:
            kept = super().handle(conn)
            if was_taken(conn.sock):
                # gunicorn closes one that was never connected; the other lives on elsewhere.
                conn.sock = socket.socket()
                return False
            if kept is not True:
                return kept
            if not has_pending(conn.sock) and not (self._may_wait() and _is_readable(conn)):
                return kept

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Any) -> None:
        """Refuse what is no request in the words of all other refusals (RFC 9457), not in HTML."""
        if not isinstance(exc, ParseException):
            super().handle_error(req, client, addr, exc)
            return
        self.log.warning("no request from %s: %s", addr[0] if addr else "a socket", exc)
        with suppress(OSError):
            write_nonblock(client, refusal(_STATUSES.get(type(exc), 400)))

    def _may_wait(self) -> bool:
        return self.alive and self.tpool._work_queue.empty()


def refusal(status: int) -> bytes:
    """A whole answer for a request that could not be read; the connection ends with it."""
    reason = HTTPStatus(status).phrase
    body = json.dumps(
        {
            "type": "about:blank",
            "title": reason,
            "status": status,
            "code": _CODES.get(status, "request.malformed"),
            "detail": None,
            "request_id": uuid7().hex,
        }
    )
    head = (
        f"HTTP/1.1 {status} {reason}",
        "Connection: close",
        "Content-Type: application/problem+json",
        "X-Content-Type-Options: nosniff",
        "Cache-Control: no-store",
        f"Content-Length: {len(body)}",
    )
    return "\r\n".join((*head, "", body)).encode()


def limit_silence(sock: socket.socket, seconds: float) -> None:
    """End waits for a peer that neither sends nor reads; gunicorn's own have no end.

    By the kernel, because gunicorn makes its sockets blocking again, which undoes `settimeout`.
    """
    limit = struct.pack("ll", int(seconds), int(seconds % 1 * 1_000_000))
    for way in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
        sock.setsockopt(socket.SOL_SOCKET, way, limit)


def _is_readable(conn: Any) -> bool:
    if conn.is_http2 or conn.parser.unreader.buf.getvalue():
        return False  # what was read ahead is the poller's to notice
    poller = select.poll()
    poller.register(conn.sock, select.POLLIN)
    return bool(poller.poll(_MOMENT))
