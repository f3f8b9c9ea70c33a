"""gunicorn's threads, which wait a moment for the next request before giving a connection back."""

import select
import socket
import struct
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

# A console or a gateway in front asks again within milliseconds, or not for seconds.
_MOMENT = 10  # milliseconds
_SILENCE = 20  # seconds without a byte that a connection may hold a thread


class StickyWorker(ThreadWorker):
    """Handing a connection to the poller and back costs as much as an answer from memory.

    While other requests wait for a thread, no thread waits for a connection.
    """

    def handle(self, conn: Any) -> Any:
        """Serve a connection as long as its requests follow one another closely."""
        if not conn.initialized:
            limit_silence(conn.sock, _SILENCE)
        while True:
            kept = super().handle(conn)
            if kept is not True or not self._may_wait() or not _is_readable(conn):
                return kept

    def _may_wait(self) -> bool:
        return self.alive and self.tpool._work_queue.empty()


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
