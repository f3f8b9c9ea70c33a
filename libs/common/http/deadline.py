"""A socket with one deadline for everything: a server that drips bytes gains no time."""

import io
import socket
import ssl
import time
from typing import Any, BinaryIO

from libs.common.http.addresses import Address, Target


class Deadline:
    """An instant of the monotonic clock."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds until then; raises TimeoutError when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("out of time")
        return left


class DeadlineSocket:
    """What http.client needs of a socket; every single receive waits at most until the deadline."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock = sock
        self._deadline = deadline

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def sendall(self, data: Any) -> None:
        """Python's sendall counts its timeout over the whole call."""
        self._sock.settimeout(self._deadline.left())
        self._sock.sendall(data)

    def makefile(self, *_: Any, **__: Any) -> BinaryIO:
        """A buffered reader; it keeps the socket open until it is closed itself."""
        raw = self._sock.makefile("rb", buffering=0)
        return io.BufferedReader(_DeadlineReader(raw, self._sock, self._deadline))


class _DeadlineReader(io.RawIOBase):
    def __init__(self, raw: Any, sock: socket.socket, deadline: Deadline) -> None:
        self._raw = raw
        self._sock = sock
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._deadline.left())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


def connect(
    target: Target, addresses: list[Address], deadline: Deadline, tls: ssl.SSLContext
) -> DeadlineSocket:
    """Connect to the first address that answers; names are not looked up again.

    For https the certificate must be that of the URL's host, which is also sent as SNI.
    Raises OSError.
    """
    sock = _dial(addresses, target.port, deadline)
    if target.scheme == "http":
        return DeadlineSocket(sock, deadline)
    try:
        sock.settimeout(deadline.left())
        return DeadlineSocket(tls.wrap_socket(sock, server_hostname=target.host), deadline)
    except BaseException:
        sock.close()
        raise


def _dial(addresses: list[Address], port: int, deadline: Deadline) -> socket.socket:
    for address in addresses[:-1]:
        try:
            # A share of the time each, so that one dead address leaves some for the others.
            return socket.create_connection((str(address), port), deadline.left() / len(addresses))
        except OSError:
            continue
    return socket.create_connection((str(addresses[-1]), port), deadline.left())
