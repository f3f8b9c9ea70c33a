"""A lean closed-loop load: N connections, each sending its next request when the last is answered.

Raw sockets and prepared bytes, in a process of its own: the generator runs on the same two cores
as what it measures, so each microsecond it spends is taken from the product.
"""

import multiprocessing
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

Requests = Callable[[int], Iterator[bytes]]


@dataclass(frozen=True)
class Result:
    """Answers a second and latencies in milliseconds; `refused` counts answers of 400 and more."""

    name: str
    rate: float
    p50: float
    p95: float
    p99: float
    refused: int


def http(
    method: str, path: str, headers: dict[str, str], body: bytes = b"", host: str = "bench"
) -> bytes:
    """One HTTP/1.1 request as bytes."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def measure(
    name: str, base: str, requests: Requests, *, seconds: float = 8.0, connections: int = 16
) -> Result:
    """Run the load in a process of its own; `requests(worker)` yields what one connection sends."""
    context = multiprocessing.get_context("fork")
    receive, send = context.Pipe(duplex=False)
    arguments = (send, base, requests, seconds, connections)
    generator = context.Process(target=_generate, args=arguments)
    generator.start()
    latencies, refused, took = receive.recv()
    generator.join()
    latencies.sort()
    return Result(
        name=name,
        rate=len(latencies) / took,
        p50=_at(latencies, 0.50),
        p95=_at(latencies, 0.95),
        p99=_at(latencies, 0.99),
        refused=refused,
    )


def _at(latencies: list[float], share: float) -> float:
    return latencies[min(int(len(latencies) * share), len(latencies) - 1)] * 1000


def _generate(send: Any, base: str, requests: Requests, seconds: float, connections: int) -> None:
    parts = urlsplit(base)
    address = (parts.hostname or "127.0.0.1", parts.port or 80)
    latencies: list[list[float]] = [[] for _ in range(connections)]
    refused = [0] * connections
    started = time.perf_counter()

    def work(worker: int) -> None:
        with _Connection(address) as connection:
            for request in requests(worker):
                begun = time.perf_counter()
                if begun - started >= seconds:
                    return
                if connection.ask(request) >= 400:
                    refused[worker] += 1
                latencies[worker].append(time.perf_counter() - begun)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - started
    send.send(([one for many in latencies for one in many], sum(refused), took))


class _Connection:
    """A kept-alive connection that is opened again when the server closes it."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address
        self._socket: socket.socket | None = None

    def __enter__(self) -> "_Connection":
        return self

    def __exit__(self, *_: object) -> None:
        if self._socket:
            self._socket.close()

    def ask(self, request: bytes) -> int:
        """Send and read one answer; returns its status (599 for a lost connection)."""
        try:
            if self._socket is None:
                self._socket = socket.create_connection(self._address, 30)
                self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._socket.sendall(request)
            return self._read_answer(self._socket)
        except OSError:
            self._socket = None
            return 599

    def _read_answer(self, connection: socket.socket) -> int:
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._receive(connection)
        head, _, body = received.partition(b"\r\n\r\n")
        lower = head.lower()
        at = lower.find(b"content-length:")
        length = int(lower[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        missing = length - len(body)
        while missing > 0:
            missing -= len(self._receive(connection))
        if b"connection: close" in lower:
            connection.close()
            self._socket = None
        return int(head[9:12])

    def _receive(self, connection: socket.socket) -> bytes:
        part = connection.recv(65536)
        if not part:
            raise ConnectionResetError("closed by the server")
        return part
