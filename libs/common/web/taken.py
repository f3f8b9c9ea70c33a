"""Answers without an end (server-sent events) that hold no thread of the server.

A WSGI answer that is `Endless` sends its beginning as any other. Then it takes the socket from
gunicorn, whose thread is free again, and hands it to whoever will write to it from now on.
"""

import errno
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any
from weakref import WeakSet

_SOCKET = "gunicorn.socket"
_MOST_WAITING = 1 << 20  # bytes that a peer may be behind
_PATIENCE = 60_000  # milliseconds in which a peer must acknowledge what it was sent
_taken: WeakSet[socket.socket] = WeakSet()


def can_take(environ: dict[str, Any]) -> bool:
    """Whether the server below leaves us its sockets."""
    return _SOCKET in environ


def was_taken(sock: socket.socket) -> bool:
    """Whether the connection is no longer gunicorn's."""
    return sock in _taken


class TakenSocket:
    """The rest of an answer, which never blocks: what the peer does not take yet waits here."""

    def __init__(self, environ: dict[str, Any]) -> None:
        self._sock: socket.socket = environ[_SOCKET]
        # gunicorn has announced chunks to whoever knows them.
        self._is_chunked = environ.get("SERVER_PROTOCOL") != "HTTP/1.0"
        self._waiting = bytearray()
        self.is_gone = False
        _taken.add(self._sock)
        self._sock.setblocking(False)
        with suppress(OSError):
            self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _PATIENCE)
            self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def fileno(self) -> int:
        return self._sock.fileno()

    @property
    def is_behind(self) -> bool:
        """Whether something waits to be sent."""
        return bool(self._waiting)

    def write(self, part: bytes) -> None:
        """Send a part, or as much of it as goes now; a peer that is far behind is given up."""
        self._waiting += _chunk(part) if self._is_chunked else part
        self.flush()
        if len(self._waiting) > _MOST_WAITING:
            self.is_gone = True

    def flush(self) -> None:
        """Send what waits, as far as it goes now."""
        try:
            while self._waiting and not self.is_gone:
                del self._waiting[: self._sock.send(self._waiting)]
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return
        except (OSError, ValueError):
            self.is_gone = True

    def listen(self) -> None:
        """Find out whether the peer has left; whatever else it says is not heard."""
        try:
            while self._sock.recv(4096):
                pass
            self.is_gone = True
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return
        except (OSError, ValueError):
            self.is_gone = True

    def end(self) -> None:
        """Finish the answer, as far as the peer takes it at once; `close` remains to be called."""
        if self._is_chunked and not self.is_gone:
            self._waiting += b"0\r\n\r\n"
            self.flush()
        self.is_gone = True

    def close(self) -> None:
        """Let go of the connection."""
        self.is_gone = True
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_WR)
        with suppress(OSError):
            self._sock.close()


class Endless:
    """The body of a WSGI answer: its beginning, and who takes the socket after that.

    `leave` is called if it never comes to that, e.g. because the peer has left.
    """

    def __init__(
        self,
        environ: dict[str, Any],
        beginning: bytes,
        take_over: Callable[[TakenSocket], None],
        leave: Callable[[], None],
    ) -> None:
        self._environ = environ
        self._beginning = beginning
        self._take_over = take_over
        self._leave = leave
        self._is_over = False

    def __iter__(self) -> Iterator[bytes]:
        yield self._beginning
        self._is_over = True
        self._take_over(TakenSocket(self._environ))
        # gunicorn would end the answer now. This makes it let go of the connection instead, as of
        # one whose peer has left; `StickyWorker` keeps it from closing the socket.
        raise ConnectionResetError(errno.ECONNRESET, "somebody else writes the rest")

    def close(self) -> None:
        """Called by the server when it is done with the answer."""
        if not self._is_over:
            self._is_over = True
            self._leave()


def _chunk(part: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(part), part)
